package io.github.maskalign.tensor.random;

/** Consecutive unbiased integers below a bound, each from one word of a stream or more. */
final class BoundedInts {

  private static final long WORD = 0xFFFFFFFFL;

  private final Philox random;
  private final int[] words = new int[Philox.WORDS];
  private long next;

  BoundedInts(Philox random) {
    this.random = random;
  }

  /**
   * Returns a number uniform in [0, bound) without bias: the upper half of word times bound,
   * rejecting words whose lower half is below 2^32 mod bound, so that every value has the same
   * number of words.
   */
  int below(int bound) {
    long product = next() * bound;
    // Skips the division, the most expensive step, in most cases: the remainder is below the bound.
    if ((product & WORD) < bound) {
      long remainder = (1L << 32) % bound;
      while ((product & WORD) < remainder) {
        product = next() * bound;
      }
    }
    return (int) (product >>> 32);
  }

  private long next() {
    int word = (int) next & 3;
    if (word == 0) {
      random.block(next >>> 2, words);
    }
    next++;
    return words[word] & WORD;
  }
}

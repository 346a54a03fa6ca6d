package io.github.maskalign.tensor.random;

/** The words of a stream one after the other, for draws that may need several. */
final class BoundedInts {

  private static final long WORD = 0xFFFFFFFFL;

  private final Philox random;
  private final int[] words = new int[Philox.WORDS];
  private long next;

  BoundedInts(Philox random) {
    this.random = random;
  }

  /**
   * Uniform in [0, bound) without bias: the upper half of word times bound, drawn again while the
   * lower half is below 2^32 mod bound, which leaves every value the same number of words.
   */
  int below(int bound) {
    long product = next() * bound;
    // The remainder is below the bound, and a division dearer than most draws.
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

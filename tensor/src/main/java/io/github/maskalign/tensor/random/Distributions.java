package io.github.maskalign.tensor.random;

/**
 * Transforms random words to numbers. {@link StrictMath} makes the results identical on every
 * machine, where {@link Math} may differ in the last bit.
 */
final class Distributions {

  /** Draws a number from word {@code word} of a block. */
  @FunctionalInterface
  interface Draw {
    float from(int[] block, int word);
  }

  private Distributions() {}

  static float uniform(int[] block, int word) {
    return (block[word] >>> 8) * 0x1p-24f;
  }

  static float uniformOpen(int[] block, int word) {
    return ((block[word] >>> 9) + 0.5f) * 0x1p-23f;
  }

  static float exponential(int[] block, int word) {
    return (float) -StrictMath.log(open(block[word]));
  }

  /** Box-Muller: words 0 and 1, or 2 and 3, give two normals, r cos a and r sin a. */
  static float normal(int[] block, int word) {
    int first = word & 2;
    double radius = Math.sqrt(-2 * StrictMath.log(open(block[first])));
    double angle = 2 * Math.PI * open(block[first + 1]);
    return (float) (radius * (word == first ? StrictMath.cos(angle) : StrictMath.sin(angle)));
  }

  /** Maps all 32 bits to (0, 1). */
  private static double open(int word) {
    return ((word & 0xFFFFFFFFL) + 0.5) * 0x1p-32;
  }
}

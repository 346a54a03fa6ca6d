package io.github.maskalign.tensor.random;

/**
 * Turns a word of a random block into a number. {@link StrictMath} keeps the results the same on
 * every machine, where {@link Math} may differ in the last bit.
 */
final class Distributions {

  /** A distribution. */
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

  /** Words 0 and 1, or 2 and 3, make two normals: r cos a and r sin a. */
  static float normal(int[] block, int word) {
    int first = word & 2;
    double radius = Math.sqrt(-2 * StrictMath.log(open(block[first])));
    double angle = 2 * Math.PI * open(block[first + 1]);
    return (float) (radius * (word == first ? StrictMath.cos(angle) : StrictMath.sin(angle)));
  }

  /** All 32 bits as a number in (0, 1). */
  private static double open(int word) {
    return ((word & 0xFFFFFFFFL) + 0.5) * 0x1p-32;
  }
}

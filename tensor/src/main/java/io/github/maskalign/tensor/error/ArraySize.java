package io.github.maskalign.tensor.error;

/**
 * Lengths of Java's arrays, which have fewer than 2^31 elements.
 *
 * @since 0.1.0
 */
public final class ArraySize {

  private ArraySize() {}

  /**
   * A product as the length of an array.
   *
   * @param what is in the array, and what would make it smaller, for the message
   * @param factors each 0 or more
   * @throws ArgumentException if the product is larger
   */
  public static int of(String what, long... factors) {
    long size = 1;
    for (long factor : factors) {
      long high = Math.multiplyHigh(size, factor);
      size *= factor;
      if (high != 0 || size < 0 || size > Integer.MAX_VALUE) {
        throw new ArgumentException(
            what + ": more than %,d values at once are not possible".formatted(Integer.MAX_VALUE));
      }
    }
    return (int) size;
  }
}

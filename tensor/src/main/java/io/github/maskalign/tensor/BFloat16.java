package io.github.maskalign.tensor;

/**
 * Conversions between {@code float} and bfloat16, the upper 16 bits of a float. For IEEE half
 * precision use {@link Float#float16ToFloat} and {@link Float#floatToFloat16}.
 *
 * @since 0.1.0
 */
public final class BFloat16 {

  private static final int QUIET_BIT = 0x0040;

  private BFloat16() {}

  /** Returns the float with exactly the value of a bfloat16 bit pattern. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /**
   * Returns the bit pattern of the bfloat16 nearest to a float, ties to even. Values beyond the
   * largest finite bfloat16 become infinite; NaN stays NaN with its sign and upper payload, made
   * quiet.
   */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int upper = bits >>> 16;
    if (Float.isNaN(value)) {
      // A payload in the dropped bits alone would otherwise become infinity.
      return (short) (upper | QUIET_BIT);
    }
    return (short) ((bits + 0x7fff + (upper & 1)) >>> 16);
  }
}

package io.github.maskalign.cpu.bf16;

/** The instruction {@code vdpbf16ps} in plain Java, for one lane; see {@link Bf16Kernel}. */
public final class Bf16Dot {

  private static final float SCALE = 0x1p64f;

  private Bf16Dot() {}

  /**
   * acc and the products of two pairs.
   *
   * @param x two BF16, the even term in the low half
   * @param y two BF16, the even term in the low half
   */
  public static float add(float acc, int x, int y) {
    float odd = fma(high(x), high(y), flushed(acc));
    return fma(low(x), low(y), odd);
  }

  private static float high(int pair) {
    return flushed(Float.intBitsToFloat(pair & 0xffff0000));
  }

  private static float low(int pair) {
    return flushed(Float.intBitsToFloat(pair << 16));
  }

  /** Zero, of the same sign, for a denormal. */
  static float flushed(float x) {
    return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
  }

  /**
   * A fused multiply-add of normal numbers that flushes its result. Processors judge whether a
   * result is tiny after rounding it to 24 bits, whatever its exponent. Math.fma rounds to fewer
   * bits just below the least normal number, and may give that number where processors give zero.
   */
  private static float fma(float x, float y, float z) {
    float sum = Math.fma(x, y, z);
    if (Math.abs(sum) != Float.MIN_NORMAL) {
      return flushed(sum);
    }
    // The larger of the factors may be too large to be scaled.
    boolean first = Math.abs(x) < Math.abs(y);
    float scaled = Math.fma(first ? x * SCALE : x, first ? y : y * SCALE, z * SCALE);
    return Math.abs(scaled) < Float.MIN_NORMAL * SCALE ? Math.copySign(0f, sum) : sum;
  }
}

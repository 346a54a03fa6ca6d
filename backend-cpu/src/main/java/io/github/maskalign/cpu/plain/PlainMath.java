package io.github.maskalign.cpu.plain;

/**
 * Loops over the first n elements of arrays that C2 turns into vector instructions by itself: one
 * statement per element, no branch, and one index for all arrays. With different offsets C2 cannot
 * tell whether the arrays overlap, and gives up; a bit pattern read as a float is not vectorized
 * either, so that powers of two are a loop of their own.
 *
 * <p>The polynomials are those of {@code VectorMath}.
 */
final class PlainMath {
  /** Elements of a block that passes share: it stays in the first-level cache. */
  static final int BLOCK = 1024;

  private static final float LOG2_E = 1.44269504f;
  // ln 2 in two parts: the first has few enough bits that n * LN2_HIGH is exact.
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  // Adding and subtracting 1.5 * 2^23 rounds to the nearest integer.
  private static final float ROUNDER = 12582912f;
  // At 2^-127 the exponent's bits are 0: the power, and with it the result, is 0.
  private static final float MIN_EXP = -88f;

  /** Multiplied by it and clamped to [-1, 1], a number becomes its sign. */
  static final float HUGE = 1e38f;

  /** Where the normal density is practically 0. */
  static final float FAR = 13f;

  private PlainMath() {}

  /**
   * x = e^x for x of at most 0, within 2 ulp; results below the smallest normal number become 0.
   */
  static void expOfNonPositive(float[] x, int[] bits, int n) {
    for (int i = 0; i < n; i++) {
      float c = Math.max(x[i], MIN_EXP);
      float t = Math.fma(c, LOG2_E, ROUNDER) - ROUNDER;
      float r = Math.fma(t, -LN2_LOW, Math.fma(t, -LN2_HIGH, c));
      float p = Math.fma(r, 1.395072391e-03f, 8.369025055e-03f);
      p = Math.fma(p, r, 4.166620231e-02f);
      p = Math.fma(p, r, 1.666651771e-01f);
      p = Math.fma(p, r, 0.5f);
      x[i] = Math.fma(p, r * r, r) + 1f;
      bits[i] = ((int) t + 127) << 23;
    }
    scaleByPowers(x, bits, n);
  }

  /** x = e^x within 2 ulp over the whole range, subnormal results included. */
  static void exp(float[] x, int[] low, int[] high, int n) {
    for (int i = 0; i < n; i++) {
      float c = Math.max(-104f, Math.min(89f, x[i]));
      float t = Math.fma(c, LOG2_E, ROUNDER) - ROUNDER;
      float r = Math.fma(t, -LN2_LOW, Math.fma(t, -LN2_HIGH, c));
      float p = Math.fma(r, 1.395072391e-03f, 8.369025055e-03f);
      p = Math.fma(p, r, 4.166620231e-02f);
      p = Math.fma(p, r, 1.666651771e-01f);
      p = Math.fma(p, r, 0.5f);
      x[i] = Math.fma(p, r * r, r) + 1f;
      // Two factors, as 2^128 and 2^-149 are not normal numbers.
      int power = (int) t;
      low[i] = ((power >> 1) + 127) << 23;
      high[i] = (power - (power >> 1) + 127) << 23;
    }
    scaleByPowers(x, low, n);
    scaleByPowers(x, high, n);
  }

  /** sigmoid(x) = e^min(x, 0) / (1 + e^-|x|), from e = e^-|x|. */
  static float sigmoid(float x, float e) {
    return Math.max(e, Math.min(1f, x * HUGE)) / (1f + e);
  }

  /** e = e^(-a^2/2) for a = min(|x|, 13), within 2e-7 relative except for the rounding of a^2. */
  static void bell(float[] x, float[] e, int[] bits, int n) {
    for (int i = 0; i < n; i++) {
      float a = Math.min(Math.abs(x[i]), FAR);
      float z = a * a;
      float t = Math.fma(z, -0.5f * LOG2_E, ROUNDER) - ROUNDER;
      float r = Math.fma(z, -0.5f * LOG2_E, -t);
      // 2^r on [-1/2, 1/2], within 1e-7 relative.
      float p = Math.fma(r, 1.326418068e-03f, 9.671938721e-03f);
      p = Math.fma(p, r, 5.550738919e-02f);
      p = Math.fma(p, r, 2.402223556e-01f);
      p = Math.fma(p, r, 6.931469727e-01f);
      e[i] = Math.fma(p, r, 1f);
      bits[i] = ((int) t + 127) << 23;
    }
    scaleByPowers(e, bits, n);
  }

  /** Phi(-a) e^(a^2/2), Phi the normal distribution function, for a from 0 to 13. */
  static float tailOverBell(float a) {
    float u = 1f / Math.fma(a, 0.3f, 1f);
    float p = Math.fma(u, 3.619480860e-02f, -1.593781260e-01f);
    p = Math.fma(p, u, 2.101180973e-01f);
    p = Math.fma(p, u, -5.716711508e-02f);
    p = Math.fma(p, u, 1.304163337e-01f);
    p = Math.fma(p, u, 9.934715664e-02f);
    p = Math.fma(p, u, 1.208455256e-01f);
    p = Math.fma(p, u, 1.196232629e-01f);
    return p * u;
  }

  private static void scaleByPowers(float[] x, int[] bits, int n) {
    for (int i = 0; i < n; i++) {
      x[i] *= Float.intBitsToFloat(bits[i]);
    }
  }

  /** erf x within 2e-7 relative, for one number. */
  static float erf(float x) {
    float a = Math.abs(x);
    if (a < 1) {
      float z = x * x;
      float p = Math.fma(z, 7.853854422e-05f, -8.010191525e-04f);
      p = Math.fma(p, z, 5.188327447e-03f);
      p = Math.fma(p, z, -2.685381181e-02f);
      p = Math.fma(p, z, 1.128358515e-01f);
      p = Math.fma(p, z, -3.761262582e-01f);
      p = Math.fma(p, z, 1.128379166e+00f);
      return p * x;
    }
    float b = Math.min(a * 1.41421356f, FAR);
    double tail = tailOverBell(b) * Math.exp(-0.5 * b * b);
    return Math.copySign((float) (1 - 2 * tail), x);
  }

  /** x += a. */
  static void add(float[] x, float a, int n) {
    for (int i = 0; i < n; i++) {
      x[i] += a;
    }
  }

  /** x += y. */
  static void add(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] += y[i];
    }
  }

  /** x -= y. */
  static void subtract(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] -= y[i];
    }
  }

  /** x *= a. */
  static void multiply(float[] x, float a, int n) {
    for (int i = 0; i < n; i++) {
      x[i] *= a;
    }
  }

  /** x *= y. */
  static void multiply(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] *= y[i];
    }
  }

  /** sum += x y. */
  static void addProduct(float[] sum, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] = Math.fma(x[i], y[i], sum[i]);
    }
  }

  /** sum += a x. */
  static void addProduct(float[] sum, float a, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] = Math.fma(a, x[i], sum[i]);
    }
  }

  /** x = max(x, y). */
  static void max(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(x[i], y[i]);
    }
  }

  /** Largest of n elements; -infinity of none, NaN if one is NaN. */
  static float max(float[] x, int n) {
    float a = Float.NEGATIVE_INFINITY;
    float b = a;
    float c = a;
    float d = a;
    int i = 0;
    for (; i <= n - 4; i += 4) {
      a = Math.max(a, x[i]);
      b = Math.max(b, x[i + 1]);
      c = Math.max(c, x[i + 2]);
      d = Math.max(d, x[i + 3]);
    }
    for (; i < n; i++) {
      a = Math.max(a, x[i]);
    }
    return Math.max(Math.max(a, b), Math.max(c, d));
  }

  /** Sum of n elements, in double: four chains, since C2 keeps the order of a sum. */
  static double sum(float[] x, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i <= n - 4; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < n; i++) {
      a += x[i];
    }
    return (a + b) + (c + d);
  }

  /** Dot product of n elements, in double. */
  static double dot(float[] x, float[] y, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i <= n - 4; i += 4) {
      a = Math.fma((double) x[i], y[i], a);
      b = Math.fma((double) x[i + 1], y[i + 1], b);
      c = Math.fma((double) x[i + 2], y[i + 2], c);
      d = Math.fma((double) x[i + 3], y[i + 3], d);
    }
    for (; i < n; i++) {
      a = Math.fma((double) x[i], y[i], a);
    }
    return (a + b) + (c + d);
  }
}

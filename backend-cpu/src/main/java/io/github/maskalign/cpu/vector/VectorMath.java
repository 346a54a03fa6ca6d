package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static jdk.incubator.vector.FloatVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Elementary functions on f32 vectors, built from exactly rounded operations only, so that they
 * give the same bits interpreted, compiled and at every vector width.
 *
 * <p>The polynomials are weighted least-squares fits on Chebyshev nodes, reweighted towards the
 * minimax error; each states its interval and error.
 */
public final class VectorMath {
  private static final float LOG2_E = 1.44269504f;
  // ln 2 in two parts: the first has few enough bits that n * LN2_HIGH is exact.
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  // Adding 1.5 * 2^23 leaves the nearest integer in the low mantissa bits.
  private static final float ROUNDER = 12582912f;
  private static final int ROUNDER_BITS = 0x4B400000;
  private static final float SQRT_2 = 1.41421356f;
  private static final float MAX_EXP = 88.7228394f;
  private static final float MIN_EXP = -104f;
  private static final float MIN_NORMAL_EXP = -87.33654f;

  // 2^r on [-1/2, 1/2] as a polynomial, within 1e-7 relative.
  private static final float EXP2_1 = 6.931469727e-01f;
  private static final float EXP2_2 = 2.402223556e-01f;
  private static final float EXP2_3 = 5.550738919e-02f;
  private static final float EXP2_4 = 9.671938721e-03f;
  private static final float EXP2_5 = 1.326418068e-03f;

  // Constant vectors for functions near C2's node limit, to which a broadcast counts like an
  // operation. The other functions broadcast, which keeps constants in registers and is faster.
  private static final FloatVector ONE = broadcast(F32, 1f);
  private static final FloatVector MINUS_HALF = broadcast(F32, -0.5f);
  private static final FloatVector MINUS_TWO = broadcast(F32, -2f);
  private static final FloatVector LN2_HIGH_ALL = broadcast(F32, LN2_HIGH);
  private static final FloatVector LN2_LOW_ALL = broadcast(F32, LN2_LOW);
  private static final FloatVector LOG_A = broadcast(F32, 6.746591815e-02f);
  private static final FloatVector LOG_B = broadcast(F32, -1.167563875e-01f);
  private static final FloatVector LOG_C = broadcast(F32, 1.188817759e-01f);
  private static final FloatVector LOG_D = broadcast(F32, -1.240559202e-01f);
  private static final FloatVector LOG_E = broadcast(F32, 1.421955056e-01f);
  private static final FloatVector LOG_F = broadcast(F32, -1.666799562e-01f);
  private static final FloatVector LOG_G = broadcast(F32, 2.000211875e-01f);
  private static final FloatVector LOG_H = broadcast(F32, -2.500000960e-01f);
  private static final FloatVector LOG_I = broadcast(F32, 3.333331260e-01f);
  private static final FloatVector TANH_A = broadcast(F32, 2.122742609e-03f);
  private static final FloatVector TANH_B = broadcast(F32, -8.156276646e-03f);
  private static final FloatVector TANH_C = broadcast(F32, 2.169260537e-02f);
  private static final FloatVector TANH_D = broadcast(F32, -5.394537806e-02f);
  private static final FloatVector TANH_E = broadcast(F32, 1.333319591e-01f);
  private static final FloatVector TANH_F = broadcast(F32, -3.333333057e-01f);
  private static final FloatVector ERF_A = broadcast(F32, 7.853854422e-05f);
  private static final FloatVector ERF_B = broadcast(F32, -8.010191525e-04f);
  private static final FloatVector ERF_C = broadcast(F32, 5.188327447e-03f);
  private static final FloatVector ERF_D = broadcast(F32, -2.685381181e-02f);
  private static final FloatVector ERF_E = broadcast(F32, 1.128358515e-01f);
  private static final FloatVector ERF_F = broadcast(F32, -3.761262582e-01f);
  private static final FloatVector ERF_G = broadcast(F32, 1.128379166e+00f);

  private VectorMath() {}

  /** e^x within 2 ulp over the whole range, subnormal results included. */
  static FloatVector exp(FloatVector x) {
    VectorMask<Float> over = x.compare(VectorOperators.GT, MAX_EXP);
    FloatVector c = x.blend(MAX_EXP, over);
    c = c.blend(MIN_EXP, x.compare(VectorOperators.LT, MIN_EXP));
    FloatVector t = c.fma(broadcast(F32, LOG2_E), broadcast(F32, ROUNDER));
    IntVector n = t.reinterpretAsInts().sub(ROUNDER_BITS);
    // Two factors, as 2^128 and 2^-149 are not normal numbers.
    IntVector half = n.lanewise(VectorOperators.ASHR, 1);
    FloatVector y = expReduced(c, t.sub(ROUNDER)).mul(power2(half)).mul(power2(n.sub(half)));
    return y.blend(Float.POSITIVE_INFINITY, over);
  }

  /** e^x for x of at most 0, cheaper: results below the smallest normal number become 0. */
  static FloatVector expOfNonPositive(FloatVector x) {
    VectorMask<Float> under = x.compare(VectorOperators.LT, MIN_NORMAL_EXP);
    // With the exponent's bias in the rounder, a shift of the sum is 2^n.
    FloatVector t = x.fma(broadcast(F32, LOG2_E), broadcast(F32, ROUNDER + 127));
    FloatVector power =
        t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    return expReduced(x, t.sub(ROUNDER + 127)).mul(power).blend(0f, under);
  }

  /** 2^x for x of at most 0, within 1.5e-7 relative; below -126 it is 0. */
  public static FloatVector exp2OfNonPositive(FloatVector x) {
    FloatVector t = x.add(broadcast(F32, ROUNDER + 127));
    FloatVector r = x.sub(t.sub(broadcast(F32, ROUNDER + 127)));
    FloatVector power =
        t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    // In the order of Estrin, whose chain is shorter than Horner's.
    FloatVector r2 = r.mul(r);
    FloatVector low = r.fma(broadcast(F32, EXP2_1), broadcast(F32, 1f));
    FloatVector middle = r.fma(broadcast(F32, EXP2_3), broadcast(F32, EXP2_2));
    FloatVector high = r.fma(broadcast(F32, EXP2_5), broadcast(F32, EXP2_4));
    FloatVector p = high.fma(r2, middle).fma(r2, low);
    return p.mul(power).blend(0f, x.compare(VectorOperators.LT, -126f));
  }

  /** e^(x - n ln 2), |argument| at most 0.3472; the fit is within 4e-9. */
  private static FloatVector expReduced(FloatVector x, FloatVector n) {
    FloatVector r = n.fma(broadcast(F32, -LN2_HIGH), x);
    r = n.fma(broadcast(F32, -LN2_LOW), r);
    FloatVector p = r.fma(broadcast(F32, 1.395072391e-03f), broadcast(F32, 8.369025055e-03f));
    p = p.fma(r, broadcast(F32, 4.166620231e-02f));
    p = p.fma(r, broadcast(F32, 1.666651771e-01f));
    p = p.fma(r, broadcast(F32, 0.5f));
    return p.fma(r.mul(r), r).add(1f);
  }

  /** 2^n for n from -126 to 127. */
  private static FloatVector power2(IntVector n) {
    return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** Natural logarithm within 2 ulp; -infinity at 0, NaN below. */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> subnormal = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
    FloatVector scaled = x.blend(x.mul(0x1p25f), subnormal);
    // x = m 2^e with m in [sqrt 1/2, sqrt 2).
    IntVector bits = scaled.reinterpretAsInts().sub(0x3F3504F3);
    IntVector e = bits.lanewise(VectorOperators.ASHR, 23);
    FloatVector m =
        bits.lanewise(VectorOperators.AND, 0x007FFFFF).add(0x3F3504F3).reinterpretAsFloats();
    FloatVector n = toFloat(e);
    n = n.blend(n.sub(25f), subnormal);
    FloatVector f = m.sub(1f);
    // (log(1 + f) - f + f^2/2) / f^3 on [-0.293, 0.4143], the logarithm within 1e-9 relative.
    FloatVector p = f.fma(LOG_A, LOG_B);
    p = p.fma(f, LOG_C);
    p = p.fma(f, LOG_D);
    p = p.fma(f, LOG_E);
    p = p.fma(f, LOG_F);
    p = p.fma(f, LOG_G);
    p = p.fma(f, LOG_H);
    p = p.fma(f, LOG_I);
    FloatVector f2 = f.mul(f);
    FloatVector tail = p.fma(f.mul(f2), n.mul(LN2_LOW_ALL));
    tail = f2.fma(MINUS_HALF, tail);
    FloatVector y = n.fma(LN2_HIGH_ALL, f.add(tail));
    y = y.blend(x, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
    // Written so that NaN input takes this branch too.
    return y.blend(Float.NaN, x.compare(VectorOperators.GE, 0f).not());
  }

  /** Exact conversion of small integers without a lane-wise cast. */
  private static FloatVector toFloat(IntVector n) {
    return n.add(ROUNDER_BITS).reinterpretAsFloats().sub(ROUNDER);
  }

  /** tanh x within 2e-7 relative. */
  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    // (tanh(x)/x - 1) / z with z = x^2 on [0, 0.4], the whole within 2e-10.
    FloatVector z = x.mul(x);
    FloatVector p = z.fma(TANH_A, TANH_B);
    p = p.fma(z, TANH_C);
    p = p.fma(z, TANH_D);
    p = p.fma(z, TANH_E);
    p = p.fma(z, TANH_F);
    FloatVector small = p.mul(z).fma(x, x);
    FloatVector e = expOfNonPositive(a.mul(MINUS_TWO));
    FloatVector large = copySign(e.mul(MINUS_TWO).div(e.add(ONE)).add(ONE), x);
    return large.blend(small, a.compare(VectorOperators.LT, 0.625f));
  }

  /** 1 / (1 + e^-x) without overflow on either side. */
  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = expOfNonPositive(x.abs().neg());
    FloatVector numerator = broadcast(F32, 1f).blend(e, x.compare(VectorOperators.LT, 0f));
    return numerator.div(e.add(1f));
  }

  /** erf x within 2e-7 relative. */
  static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs();
    // erf(x)/x in z = x^2 on [0, 1], within 1.3e-9 relative.
    FloatVector z = x.mul(x);
    FloatVector p = z.fma(ERF_A, ERF_B);
    p = p.fma(z, ERF_C);
    p = p.fma(z, ERF_D);
    p = p.fma(z, ERF_E);
    p = p.fma(z, ERF_F);
    p = p.fma(z, ERF_G);
    FloatVector tail = normalTail(a.mul(SQRT_2));
    FloatVector large = tail.fma(MINUS_TWO, ONE);
    large = large.blend(large.neg(), x.compare(VectorOperators.LT, 0f));
    return large.blend(p.mul(x), a.compare(VectorOperators.LT, 1f));
  }

  /** Phi(-a) for a of at least 0, Phi the normal distribution function, within 3e-7 relative. */
  static FloatVector normalTail(FloatVector a) {
    FloatVector c = near(a);
    return tailOverBell(c).mul(bell(c));
  }

  /** min(a, 13), where the normal density is practically 0; NaN for NaN. */
  static FloatVector near(FloatVector a) {
    return a.blend(13f, a.compare(VectorOperators.GT, 13f));
  }

  /** e^(-a^2/2) for |a| of at most 13, within 2e-7 relative except for the rounding of a^2. */
  static FloatVector bell(FloatVector a) {
    FloatVector z = a.mul(a);
    FloatVector t = z.fma(broadcast(F32, -0.5f * LOG2_E), broadcast(F32, ROUNDER + 127));
    FloatVector power =
        t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    FloatVector r = z.fma(broadcast(F32, -0.5f * LOG2_E), broadcast(F32, ROUNDER + 127).sub(t));
    FloatVector p = r.fma(broadcast(F32, EXP2_5), broadcast(F32, EXP2_4));
    p = p.fma(r, broadcast(F32, EXP2_3));
    p = p.fma(r, broadcast(F32, EXP2_2));
    p = p.fma(r, broadcast(F32, EXP2_1));
    return p.fma(r, broadcast(F32, 1f)).mul(power);
  }

  /** Phi(-a) e^(a^2/2), which falls slowly, for a from 0 to 13, within 1.2e-7 relative. */
  static FloatVector tailOverBell(FloatVector a) {
    // A polynomial in u = 1/(1 + 0.3 a), times u.
    FloatVector u = broadcast(F32, 1f).div(a.fma(broadcast(F32, 0.3f), broadcast(F32, 1f)));
    FloatVector p = u.fma(broadcast(F32, 3.619480860e-02f), broadcast(F32, -1.593781260e-01f));
    p = p.fma(u, broadcast(F32, 2.101180973e-01f));
    p = p.fma(u, broadcast(F32, -5.716711508e-02f));
    p = p.fma(u, broadcast(F32, 1.304163337e-01f));
    p = p.fma(u, broadcast(F32, 9.934715664e-02f));
    p = p.fma(u, broadcast(F32, 1.208455256e-01f));
    p = p.fma(u, broadcast(F32, 1.196232629e-01f));
    return p.mul(u);
  }

  private static FloatVector copySign(FloatVector magnitude, FloatVector sign) {
    IntVector bit = sign.reinterpretAsInts().lanewise(VectorOperators.AND, 0x80000000);
    return magnitude.reinterpretAsInts().lanewise(VectorOperators.OR, bit).reinterpretAsFloats();
  }
}

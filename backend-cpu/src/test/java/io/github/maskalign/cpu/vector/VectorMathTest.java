package io.github.maskalign.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cpu.kernel.KernelData;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("vector")
class VectorMathTest {
  private static float at(UnaryOperator<FloatVector> f, float x) {
    return f.apply(FloatVector.broadcast(Lanes.F32, x)).lane(0);
  }

  /** The error in units of the spacing of f32 numbers at the true value. */
  private static void expectUlps(
      UnaryOperator<FloatVector> f, DoubleUnaryOperator exact, float x, double ulps) {
    double want = exact.applyAsDouble(x);
    float got = at(f, x);
    if (Double.isInfinite((float) want) || (float) want == 0) {
      assertEquals((float) want, got, "at " + x);
      return;
    }
    double error = Math.abs(got - want) / Math.ulp((float) want);
    assertTrue(error <= ulps, () -> "at " + x + ": " + got + " is " + error + " ulp off");
  }

  private static void sweep(
      UnaryOperator<FloatVector> f,
      DoubleUnaryOperator exact,
      double from,
      double to,
      double ulps) {
    int steps = 4001;
    for (int i = 0; i <= steps; i++) {
      expectUlps(f, exact, (float) (from + (to - from) * i / steps), ulps);
    }
  }

  @Test
  void expOverTheWholeRange() {
    sweep(VectorMath::exp, Math::exp, -110, 90, 2);
    sweep(VectorMath::exp, Math::exp, -1, 1, 2);
    sweep(VectorMath::exp, Math::exp, 88.5, 88.9, 2);
  }

  @Test
  void expAtTheEdges() {
    assertEquals(Float.POSITIVE_INFINITY, at(VectorMath::exp, 88.73f));
    assertEquals(Float.POSITIVE_INFINITY, at(VectorMath::exp, Float.POSITIVE_INFINITY));
    assertEquals(Float.POSITIVE_INFINITY, at(VectorMath::exp, Float.MAX_VALUE));
    assertEquals(0f, at(VectorMath::exp, -1000f));
    assertEquals(0f, at(VectorMath::exp, Float.NEGATIVE_INFINITY));
    assertEquals(1f, at(VectorMath::exp, 0f));
    assertEquals(Float.NaN, at(VectorMath::exp, Float.NaN));
  }

  @Test
  void expOfNonPositiveFlushesSubnormals() {
    sweep(VectorMath::expOfNonPositive, Math::exp, -87.3, 0, 2);
    assertEquals(0f, at(VectorMath::expOfNonPositive, -88f));
    assertEquals(0f, at(VectorMath::expOfNonPositive, Float.NEGATIVE_INFINITY));
    assertEquals(Float.NaN, at(VectorMath::expOfNonPositive, Float.NaN));
  }

  @Test
  void logOverTheWholeRange() {
    sweep(VectorMath::log, Math::log, 1e-3, 4, 2);
    for (int e = -148; e < 128; e++) {
      float x = (float) (1.37 * Math.pow(2, e));
      expectUlps(VectorMath::log, Math::log, x, 2);
    }
    expectUlps(VectorMath::log, Math::log, Float.MIN_VALUE, 2);
    expectUlps(VectorMath::log, Math::log, Float.MAX_VALUE, 2);
  }

  @Test
  void logAtTheEdges() {
    assertEquals(Float.NEGATIVE_INFINITY, at(VectorMath::log, 0f));
    assertEquals(Float.NEGATIVE_INFINITY, at(VectorMath::log, -0f));
    assertEquals(Float.POSITIVE_INFINITY, at(VectorMath::log, Float.POSITIVE_INFINITY));
    assertEquals(Float.NaN, at(VectorMath::log, -1f));
    assertEquals(Float.NaN, at(VectorMath::log, Float.NEGATIVE_INFINITY));
    assertEquals(Float.NaN, at(VectorMath::log, Float.NaN));
    assertEquals(0f, at(VectorMath::log, 1f));
  }

  @Test
  void tanhIsOddAndSaturates() {
    sweep(VectorMath::tanh, Math::tanh, -10, 10, 4);
    sweep(VectorMath::tanh, Math::tanh, -0.7, 0.7, 4);
    sweep(VectorMath::tanh, Math::tanh, -1e-6, 1e-6, 4);
    assertEquals(-1f, at(VectorMath::tanh, Float.NEGATIVE_INFINITY));
    assertEquals(1f, at(VectorMath::tanh, 1e30f));
    assertEquals(Float.NaN, at(VectorMath::tanh, Float.NaN));
  }

  @Test
  void sigmoidOnBothSides() {
    sweep(VectorMath::sigmoid, x -> 1 / (1 + Math.exp(-x)), -87, 87, 4);
    assertEquals(0f, at(VectorMath::sigmoid, Float.NEGATIVE_INFINITY));
    assertEquals(1f, at(VectorMath::sigmoid, Float.POSITIVE_INFINITY));
    assertEquals(Float.NaN, at(VectorMath::sigmoid, Float.NaN));
  }

  @Test
  void erfIsOddAndSaturates() {
    sweep(VectorMath::erf, KernelData::erf, -5, 5, 4);
    sweep(VectorMath::erf, KernelData::erf, -1e-6, 1e-6, 4);
    assertEquals(1f, at(VectorMath::erf, 30f));
    assertEquals(-1f, at(VectorMath::erf, -30f));
    assertEquals(Float.NaN, at(VectorMath::erf, Float.NaN));
  }
}

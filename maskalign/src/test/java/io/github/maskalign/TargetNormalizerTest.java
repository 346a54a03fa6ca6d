package io.github.maskalign;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.config.TargetNorm;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TargetNormalizerTest {

  private static final int WIDTH = 6;

  private final Backend backend = Nets.reference();
  private final Scope scope = Scope.root(backend, "test");
  private final Ops ops = scope.ops();
  private final Tensor level = Nets.normal(scope, DType.F64, 1, 2, 5, WIDTH).affine(3, 2);
  private final Tensor tokens = ops.of(new int[] {0, 4, 2, 0, 1, 3}, 2, 3);
  private final Tensor all = ops.of(new int[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4}, 2, 5);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private double[] target(TargetNorm norm, Tensor t, Tensor ids) {
    return TargetNormalizer.target(scope.eager(), norm, t, ids).toDoubles();
  }

  private static double sum(double[] values, int from, int to, int power) {
    return Arrays.stream(values, from, to).map(v -> Math.pow(v, power)).sum();
  }

  @Test
  void noneTakesTheTokensAsTheyAre() {
    double[] values = level.toDoubles();
    double[] taken = target(TargetNorm.NONE, level, tokens);
    assertArrayEquals(
        Arrays.copyOfRange(values, 4 * WIDTH, 5 * WIDTH),
        Arrays.copyOfRange(taken, WIDTH, 2 * WIDTH));
    assertArrayEquals(
        Arrays.copyOfRange(values, 6 * WIDTH, 7 * WIDTH),
        Arrays.copyOfRange(taken, 4 * WIDTH, 5 * WIDTH));
  }

  @Test
  void whiteTokensHaveMeanZeroAndVarianceOne() {
    double[] white = target(TargetNorm.WHITEN, level, tokens);
    for (int at = 0; at < white.length; at += WIDTH) {
      assertEquals(0, sum(white, at, at + WIDTH, 1), 1e-12);
      assertEquals(1, sum(white, at, at + WIDTH, 2) / WIDTH, 1e-4);
    }
  }

  @Test
  void whiteTokensForgetScaleAndShift() {
    double[] white = target(TargetNorm.WHITEN, level, tokens);
    double[] moved = target(TargetNorm.WHITEN, ops.affine(level, 7, -5), tokens);
    assertArrayEquals(white, moved, 1e-4);
  }

  @Test
  void unitTokensHaveLengthOneAndZeroStaysZero() {
    double[] unit = target(TargetNorm.L2, level, tokens);
    for (int at = 0; at < unit.length; at += WIDTH) {
      assertEquals(1, sum(unit, at, at + WIDTH, 2), 1e-12);
    }
    double[] zero = target(TargetNorm.L2, ops.affine(level, 0, 0), tokens);
    assertArrayEquals(new double[zero.length], zero);
  }

  @Test
  void batchNormUsesOneUnbiasedVarianceOverAllTokens() {
    double[] whole = target(TargetNorm.BN, level, all);
    assertEquals(0, sum(whole, 0, whole.length, 1), 1e-10);
    assertEquals(1, sum(whole, 0, whole.length, 2) / (whole.length - 1), 1e-5);
    double[] some = target(TargetNorm.BN, level, tokens);
    assertArrayEquals(
        Arrays.copyOfRange(whole, 4 * WIDTH, 5 * WIDTH),
        Arrays.copyOfRange(some, WIDTH, 2 * WIDTH));
  }
}

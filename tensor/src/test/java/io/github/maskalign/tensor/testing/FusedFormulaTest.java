package io.github.maskalign.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Compares the default bodies of the fused operations, the standard for every backend, with
 * textbook formulas, and their gradients with finite differences of the formulas.
 */
class FusedFormulaTest {

  private static final double EXACT = 1e-13;
  private static final double STEP = 1e-5;
  private static final double SLOPE = 1e-8;

  private final Backend backend = new ReferenceBackend(HostPool.unlimited());
  private final Scope scope = Scope.root(backend, "test");
  private final Eager ops = (Eager) scope.ops();

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private Tensor tensor(double[] values, int... dims) {
    return ops.of(values, dims);
  }

  private static double[] normal(long seed, int... dims) {
    return Operand.normal(seed, dims).base();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Compares a gradient with central differences, element by element. */
  private static void assertGradient(ToDoubleFunction<double[]> f, double[] x, Tensor gradient) {
    double[] actual = gradient.toDoubles();
    assertEquals(x.length, actual.length);
    for (int i = 0; i < x.length; i++) {
      double[] moved = x.clone();
      moved[i] = x[i] + STEP;
      double above = f.applyAsDouble(moved);
      moved[i] = x[i] - STEP;
      double slope = (above - f.applyAsDouble(moved)) / (2 * STEP);
      assertEquals(slope, actual[i], SLOPE * (1 + Math.abs(slope)), "element " + i);
    }
  }

  /** Applies a function to each row of a matrix. */
  private static double[] eachRow(double[] x, int width, UnaryOperator<double[]> f) {
    double[] y = new double[x.length];
    for (int at = 0; at < x.length; at += width) {
      System.arraycopy(f.apply(Arrays.copyOfRange(x, at, at + width)), 0, y, at, width);
    }
    return y;
  }

  @Test
  void gelu() {
    double[] x = {-6, -2.5, -1, -0.3, 0, 0.2, 0.9, 2, 4, 7};
    double[] g = normal(1, x.length);
    for (Gelu kind : Gelu.values()) {
      double[] y = Arrays.stream(x).map(v -> Textbook.gelu(kind, v)).toArray();
      assertArrayEquals(y, ops.gelu(tensor(x, 10), kind).toDoubles(), EXACT, kind::toString);
      assertGradient(
          v -> dot(g, Arrays.stream(v).map(w -> Textbook.gelu(kind, w)).toArray()),
          x,
          ops.geluGrad(tensor(x, 10), kind, tensor(g, 10)));
    }
    assertEquals(0.8413447460685429, ops.gelu(tensor(new double[] {1}), Gelu.ERF).item(), EXACT);
  }

  @Test
  void softmax() {
    double[] x = normal(1, 3, 5);
    double[] g = normal(2, 3, 5);
    double[] y = eachRow(x, 5, Textbook::softmax);
    Tensor result = ops.softmax(tensor(x, 3, 5));
    assertArrayEquals(y, result.toDoubles(), EXACT);
    assertGradient(
        v -> dot(g, eachRow(v, 5, Textbook::softmax)), x, ops.softmaxGrad(result, tensor(g, 3, 5)));
    double[] logs = Arrays.stream(y).map(Math::log).toArray();
    Tensor logarithms = ops.logSoftmax(tensor(x, 3, 5));
    assertArrayEquals(logs, logarithms.toDoubles(), EXACT);
    assertGradient(
        v -> dot(g, Arrays.stream(eachRow(v, 5, Textbook::softmax)).map(Math::log).toArray()),
        x,
        ops.logSoftmaxGrad(logarithms, tensor(g, 3, 5)));
  }

  @Test
  void layerNorm() {
    double eps = 0.01;
    double[] x = normal(1, 4, 6);
    double[] gamma = normal(2, 6);
    double[] beta = normal(3, 6);
    double[] g = normal(4, 4, 6);
    double[] y = eachRow(x, 6, row -> Textbook.layerNorm(row, gamma, beta, eps));
    Tensor tx = tensor(x, 4, 6);
    Tensor tg = tensor(g, 4, 6);
    Tensor tgamma = tensor(gamma, 6);
    assertArrayEquals(y, ops.layerNorm(tx, tgamma, tensor(beta, 6), eps).toDoubles(), EXACT);
    LayerNormGrad grad = ops.layerNormGrad(tx, tgamma, eps, tg);
    assertGradient(
        v -> dot(g, eachRow(v, 6, row -> Textbook.layerNorm(row, gamma, beta, eps))), x, grad.x());
    assertGradient(
        v -> dot(g, eachRow(x, 6, row -> Textbook.layerNorm(row, v, beta, eps))),
        gamma,
        grad.gamma());
    assertGradient(
        v -> dot(g, eachRow(x, 6, row -> Textbook.layerNorm(row, gamma, v, eps))),
        beta,
        grad.beta());

    double[] ones = {1, 1, 1, 1, 1, 1};
    double[] zeros = new double[6];
    assertArrayEquals(
        eachRow(x, 6, row -> Textbook.layerNorm(row, ones, zeros, eps)),
        ops.layerNorm(tx, null, null, eps).toDoubles(),
        EXACT);
    assertGradient(
        v -> dot(g, eachRow(v, 6, row -> Textbook.layerNorm(row, ones, zeros, eps))),
        x,
        ops.layerNormGrad(tx, null, eps, tg).x());
  }

  @Test
  void weightedSum() {
    double[] a = {1, 2, 3};
    double[] b = {10, 20, -30};
    double[] weights = {0.5, -2};
    List<Tensor> xs = List.of(tensor(a, 3), tensor(b, 3));
    assertArrayEquals(
        new double[] {-19.5, -39, 61.5},
        ops.weightedSum(xs, tensor(weights, 2)).toDoubles(),
        EXACT);
    Tensor g = tensor(new double[] {1, -1, 2}, 3);
    assertArrayEquals(new double[] {5, -70}, ops.weightedSumWeightGrad(xs, g).toDoubles(), EXACT);
  }

  @Test
  void smoothL1() {
    double[] x = {0, 0.3, -0.2, 2, -5, 0.9};
    double[] target = {0.1, 0, 0.1, 0, -1, 0.85};
    Tensor tx = tensor(x, 6);
    Tensor tt = tensor(target, 6);
    for (double beta : new double[] {0.5, 1, 3}) {
      assertEquals(Textbook.smoothL1(x, target, beta), ops.smoothL1(tx, tt, beta).item(), EXACT);
      assertGradient(
          v -> -3 * Textbook.smoothL1(v, target, beta),
          x,
          ops.smoothL1Grad(tx, tt, beta, tensor(new double[] {-3})));
    }
  }

  @Test
  void crossEntropy() {
    double[] logits = normal(1, 2, 4);
    double[] targets = {0.1, 0.2, 0.3, 0.4, 0, 0, 1, 0.5};
    ToDoubleFunction<double[]> f =
        v ->
            (Textbook.crossEntropy(Arrays.copyOf(v, 4), Arrays.copyOf(targets, 4))
                    + Textbook.crossEntropy(
                        Arrays.copyOfRange(v, 4, 8), Arrays.copyOfRange(targets, 4, 8)))
                / 2;
    Tensor tl = tensor(logits, 2, 4);
    Tensor tt = tensor(targets, 2, 4);
    assertEquals(f.applyAsDouble(logits), ops.crossEntropy(tl, tt).item(), EXACT);
    Tensor g = tensor(new double[] {2});
    assertGradient(v -> 2 * f.applyAsDouble(v), logits, ops.crossEntropyGrad(tl, tt, g));
  }

  @Test
  void accumulateAndSumOfSquares() {
    Tensor target = tensor(new double[] {1, 2}, 2);
    backend.accumulate(ops, target, -3, tensor(new double[] {10, 1}, 2));
    assertArrayEquals(new double[] {-29, -1}, target.toDoubles());
    assertEquals(842 + 9, backend.sumOfSquares(ops, List.of(target, tensor(new double[] {3}))));
  }

  /** Two steps worked out from the algorithm in Loshchilov and Hutter, with decoupled decay. */
  @Test
  void adamW() {
    double p = 2;
    double m = 0;
    double s = 0;
    Tensor parameter = tensor(new double[] {p}, 1);
    Tensor mean = ops.zeros(DType.F64, parameter.shape());
    Tensor square = ops.zeros(DType.F64, parameter.shape());
    double[] gradients = {0.4, -0.7};
    for (int step = 1; step <= 2; step++) {
      double g = 0.5 * gradients[step - 1];
      m = 0.9 * m + 0.1 * g;
      s = 0.99 * s + 0.01 * g * g;
      double corrected = m / (1 - Math.pow(0.9, step));
      double root = Math.sqrt(s / (1 - Math.pow(0.99, step)));
      p = p - 0.1 * 0.05 * p - 0.1 * corrected / (root + 0.001);
      Tensor gradient = tensor(new double[] {gradients[step - 1]}, 1);
      backend.adamW(
          ops,
          List.of(new AdamWSlot(parameter, gradient, mean, square, 0.1, 0.05, step)),
          new AdamWSettings(0.9, 0.99, 0.001, 0.5));
      assertEquals(p, parameter.item(), EXACT);
      assertEquals(m, mean.item(), EXACT);
      assertEquals(s, square.item(), EXACT);
    }
  }
}

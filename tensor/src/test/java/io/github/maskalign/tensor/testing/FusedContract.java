package io.github.maskalign.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Fused operations and their gradients equal their default bodies. */
public abstract class FusedContract extends BackendContract {

  /**
   * By way of erfc, which keeps the left tail exact, positive values near 0 lose one rounding more
   * than by way of erf.
   */
  private static final double GELU_SLACK = 3;

  private static final int[] LARGE = {3, 197, 131};
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  // ---- GELU ----

  @Property(tries = 100)
  void gelu(@ForAll Gelu kind, @ForAll("shapes") int[] dims, @ForAll View view, @ForAll long seed) {
    checkGelu(kind, Operand.normal(view, seed, dims).map(v -> 2 * v));
  }

  private void checkGelu(Gelu kind, Operand x) {
    Operand g = Operand.normal(77, x.dims());
    checkAll(
        GELU_SLACK,
        (o, in) -> List.of(o.gelu(in.get(0), kind), o.geluGrad(in.get(0), kind, in.get(1))),
        x,
        g);
  }

  @Example
  void largeGelu() {
    for (Gelu kind : Gelu.values()) {
      checkGelu(kind, Operand.normal(1, LARGE).map(v -> 3 * v));
    }
  }

  @Example
  void geluOfFarValues() {
    double[] far = {0, 1e-20, -1e-20, 5, -5, 12, -12, 60, -60, 1e4, -1e4, INFINITY, Double.NaN};
    for (Gelu kind : Gelu.values()) {
      check((o, x) -> o.gelu(x, kind), Operand.of(far, far.length).map(v -> v));
    }
  }

  // ---- softmax ----

  @Property(tries = 80)
  void softmax(@ForAll("rows") int[] dims, @ForAll View view, @ForAll long seed) {
    checkSoftmax(Operand.normal(view, seed, dims).map(v -> 4 * v));
  }

  private void checkSoftmax(Operand x) {
    Operand g = Operand.normal(77, x.dims());
    checkAll((o, in) -> List.of(o.softmax(in.get(0)), o.logSoftmax(in.get(0))), x);
    checkAll((o, in) -> List.of(o.softmaxGrad(o.softmax(in.get(0)), in.get(1))), x, g);
    checkAll((o, in) -> List.of(o.logSoftmaxGrad(o.logSoftmax(in.get(0)), in.get(1))), x, g);
  }

  @Example
  void largeSoftmax() {
    checkSoftmax(Operand.normal(1, LARGE));
    checkSoftmax(Operand.normal(2, 3, 5_003));
  }

  /** Logits whose exponentials overflow, masked logits, and rows of NaN. */
  @Example
  void softmaxOfExtremeLogits() {
    double[][] rows = {
      {1e4, 1e4, 0, -1e4, 9_999},
      {1e30, -1e30, 1, 2, 3},
      {-1e30, -1e30, -1e30, -1e30, -1e30},
      {-INFINITY, 1, 2, -INFINITY, 3},
      {Double.NaN, 1, 2, 3, 4},
      {INFINITY, 1, 2, 3, 4},
      {-INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY},
      {1, 2, 3, 4, 5}
    };
    double[] values = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    Operand x = Operand.of(values, rows.length, 5).map(v -> v);
    checkAll((o, in) -> List.of(o.softmax(in.get(0)), o.logSoftmax(in.get(0))), x);
  }

  // ---- layer norm ----

  @Property(tries = 80)
  void layerNorm(
      @ForAll("rows") int[] dims, @ForAll View view, @ForAll boolean scaled, @ForAll long seed) {
    checkLayerNorm(Operand.normal(view, seed, dims), scaled, 1e-5);
  }

  private void checkLayerNorm(Operand x, boolean scaled, double eps) {
    int width = x.dims()[x.dims().length - 1];
    Operand gamma = Operand.normal(71, width);
    Operand beta = Operand.normal(72, width);
    Operand g = Operand.normal(73, x.dims());
    checkAll((o, in) -> layerNorm(o, in, scaled, eps), x, gamma, beta, g);
  }

  private static List<Tensor> layerNorm(Eager o, List<Tensor> in, boolean scaled, double eps) {
    Tensor x = in.get(0);
    Tensor gamma = scaled ? in.get(1) : null;
    Tensor y = o.layerNorm(x, gamma, scaled ? in.get(2) : null, eps);
    LayerNormGrad grad = o.layerNormGrad(x, gamma, eps, in.get(3));
    assertEquals(scaled, grad.gamma() != null && grad.beta() != null, "gradients of the scale");
    return scaled ? List.of(y, grad.x(), grad.gamma(), grad.beta()) : List.of(y, grad.x());
  }

  @Example
  void largeLayerNorm() {
    checkLayerNorm(Operand.normal(1, LARGE), true, 1e-6);
    checkLayerNorm(Operand.normal(2, LARGE), false, 1e-6);
  }

  /** A mean far from zero, where a naive variance cancels. */
  @Example
  void layerNormFarFromZero() {
    checkLayerNorm(Operand.normal(1, 7, 192).map(v -> v + 1_000), true, 1e-6);
    checkLayerNorm(Operand.normal(2, 7, 192).map(v -> v * 1e-4), true, 1e-12);
  }

  @Example
  void layerNormPassesOnNan() {
    Operand x = Operand.normal(1, 5, 33);
    x.base()[40] = Double.NaN;
    checkLayerNorm(x, true, 1e-6);
  }

  // ---- mixing ----

  @Property(tries = 60)
  void weightedSum(
      @ForAll("shapes") int[] dims,
      @ForAll @IntRange(min = 1, max = 7) int count,
      @ForAll View view,
      @ForAll long seed) {
    checkWeightedSum(count, view, seed, dims);
  }

  private void checkWeightedSum(int count, View view, long seed, int... dims) {
    Operand[] operands = new Operand[count + 2];
    Arrays.setAll(operands, i -> Operand.normal(view, seed + i, dims));
    operands[0] = Operand.normal(view, seed, count);
    checkAll(
        (o, in) -> {
          List<Tensor> xs = in.subList(2, in.size());
          return List.of(o.weightedSum(xs, in.get(0)), o.weightedSumWeightGrad(xs, in.get(1)));
        },
        operands);
  }

  @Example
  void largeWeightedSum() {
    checkWeightedSum(5, View.CONTIGUOUS, 1, LARGE);
  }

  // ---- losses ----

  @Property(tries = 60)
  void smoothL1(
      @ForAll("shapes") int[] dims, @ForAll View view, @ForAll boolean wide, @ForAll long seed) {
    checkSmoothL1(wide ? 2 : 0.25, view, seed, dims);
  }

  private void checkSmoothL1(double beta, View view, long seed, int... dims) {
    checkAll(
        (o, in) -> {
          Tensor p = in.get(0);
          Tensor t = in.get(1);
          return List.of(o.smoothL1(p, t, beta), o.smoothL1Grad(p, t, beta, in.get(2)));
        },
        Operand.normal(view, seed, dims).coarse(),
        Operand.normal(View.CONTIGUOUS, seed + 1, dims).coarse(),
        Operand.of(new double[] {-1.5}));
  }

  @Example
  void largeSmoothL1() {
    checkSmoothL1(1, View.CONTIGUOUS, 1, LARGE);
    checkSmoothL1(1, View.TRANSPOSED, 1, LARGE);
  }

  @Example
  void smoothL1OfSpecialValues() {
    double[] strange = {1, 1e20, -1e20, INFINITY, -INFINITY, Double.NaN};
    for (double value : strange) {
      checkAll(
          (o, in) -> {
            Tensor p = in.get(0);
            Tensor t = in.get(1);
            return List.of(o.smoothL1(p, t, 1), o.smoothL1Grad(p, t, 1, in.get(2)));
          },
          Operand.of(new double[] {value, 0, 2}, 3).map(v -> v),
          Operand.of(new double[] {0, 0, 0}, 3),
          Operand.of(new double[] {1}));
    }
  }

  @Provide
  Arbitrary<int[]> logits() {
    return shapes(2, 2);
  }

  @Property(tries = 60)
  void crossEntropy(
      @ForAll("logits") int[] dims,
      @ForAll View viewOfLogits,
      @ForAll View viewOfTargets,
      @ForAll long seed) {
    checkCrossEntropy(
        Operand.normal(viewOfLogits, seed, dims).map(v -> 3 * v),
        Operand.normal(viewOfTargets, seed + 1, dims).positive());
  }

  private void checkCrossEntropy(Operand logits, Operand targets) {
    checkAll(
        (o, in) -> {
          Tensor l = in.get(0);
          Tensor t = in.get(1);
          return List.of(o.crossEntropy(l, t), o.crossEntropyGrad(l, t, in.get(2)));
        },
        logits,
        targets,
        Operand.of(new double[] {0.75}));
  }

  @Example
  void largeCrossEntropy() {
    checkCrossEntropy(Operand.normal(1, 301, 111), Operand.normal(2, 301, 111).positive());
    Operand extreme = Operand.normal(1, 5, 10).map(v -> 1e4 * v);
    checkCrossEntropy(extreme, Operand.normal(2, 5, 10).positive());
  }

  // ---- sums over all parameters ----

  @Property(tries = 40)
  void sumOfSquares(@ForAll("shapes") int[] dims, @ForAll long seed) {
    for (Operand x : List.of(Operand.normal(seed, dims), Operand.normal(seed, LARGE))) {
      Computation computation =
          (o, in) ->
              List.of(o.full(DType.F64, Shape.of(), o.scope().backend().sumOfSquares(o, in)));
      for (DType precision : PRECISIONS) {
        double expected = 0;
        for (double v : x.base()) {
          expected += 2 * v * v;
        }
        double bound = 4 * expected * (x.base().length + 2) * new Oracle(precision).unit();
        List<Result> actual = run(1, true, precision, computation, x, x);
        assertEquals(expected, actual.getFirst().values()[0], bound + Float.MIN_VALUE);
        assertSameBits(actual, run(2, true, precision, computation, x, x), "1 and 2 threads");
      }
    }
  }
}

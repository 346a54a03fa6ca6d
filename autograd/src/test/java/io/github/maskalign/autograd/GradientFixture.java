package io.github.maskalign.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;

/**
 * Random F64 tensors on a reference backend whose fresh memory is NaN, and the check of a
 * function's gradient at them.
 */
public final class GradientFixture implements AutoCloseable {

  /** Central differences of step 1e-5 err by about 1e-10 times the third derivative. */
  private static final double TOLERANCE = 1e-7;

  private static final int DIRECTIONS = 2;

  private final ReferenceBackend backend = new ReferenceBackend(new HostPool(Long.MAX_VALUE, true));
  private final Scope scope = Scope.root(backend, "test");
  private final Philox random = Philox.of(11).stream("fixture");
  private long draws;

  /** Owns the tensors. */
  public Scope scope() {
    return scope;
  }

  /** Makes tensors and views that are not recorded. */
  public Ops ops() {
    return scope.ops();
  }

  /** Standard normal values. */
  public Tensor normal(int... dims) {
    return values(value -> value, dims);
  }

  /** Values of absolute value 0.4 or more, so that no step crosses 0. */
  public Tensor awayFromZero(int... dims) {
    return values(value -> value + Math.copySign(0.4, value), dims);
  }

  /** Values of 0.4 or more. */
  public Tensor positive(int... dims) {
    return values(value -> Math.abs(value) + 0.4, dims);
  }

  /** Normal values through a function. */
  public Tensor values(DoubleUnaryOperator function, int... dims) {
    double[] values = new double[Arrays.stream(dims).reduce(1, Math::multiplyExact)];
    Arrays.setAll(values, i -> function.applyAsDouble(random.normal(draws++)));
    return ops().of(values, dims);
  }

  /**
   * Compares the gradient of a function with differences along several directions: as it is, with
   * all values freed that its derivative does not save, and recomputed in the backward pass.
   *
   * @throws AssertionError also if both are 0, which would prove nothing
   */
  public void check(BiFunction<Ops, List<Tensor>, Tensor> function, Tensor... inputs) {
    checkOnce(function, inputs);
    checkOnce((ops, xs) -> ops.within("freed", inner -> between(inner, xs, function)), inputs);
    checkOnce((ops, xs) -> ops.recomputed("again", xs.getFirst(), again(xs, function)), inputs);
  }

  /** The function of values, and into one, whose memory only its own derivative can need. */
  private static Tensor between(
      Ops ops, List<Tensor> xs, BiFunction<Ops, List<Tensor>, Tensor> function) {
    List<Tensor> inner = xs.stream().map(x -> ops.affine(x, 1, 0)).toList();
    return ops.affine(function.apply(ops, inner), 1, 0);
  }

  private static BiFunction<Ops, Tensor, Tensor> again(
      List<Tensor> xs, BiFunction<Ops, List<Tensor>, Tensor> function) {
    return (ops, first) -> {
      List<Tensor> inner = new ArrayList<>(xs);
      inner.set(0, first);
      return between(ops, inner, function);
    };
  }

  private void checkOnce(BiFunction<Ops, List<Tensor>, Tensor> function, Tensor... inputs) {
    GradientCheck check = new GradientCheck(scope, 5);
    for (int i = 0; i < DIRECTIONS; i++) {
      GradientCheck.Result result = check.check(List.of(inputs), function);
      assertTrue(result.error() < TOLERANCE, () -> result + " at " + Arrays.toString(inputs));
      assertTrue(result.analytic() != 0, () -> "no gradient at " + Arrays.toString(inputs));
    }
  }

  /** Checks that the gradient is zero: by differences, and exactly by the tape. */
  public void checkFlat(BiFunction<Ops, List<Tensor>, Tensor> function, Tensor... inputs) {
    GradientCheck.Result result = new GradientCheck(scope, 5).check(List.of(inputs), function);
    assertEquals(0, result.analytic());
    assertEquals(0, result.numeric(), 1e-9);
  }

  /** The gradients of the sum of a function's result, one array an input; null if there is none. */
  public double[][] gradients(BiFunction<Ops, List<Tensor>, Tensor> function, Tensor... inputs) {
    try (Tape tape = Tape.open(scope, "gradients")) {
      tape.watchAll(List.of(inputs));
      Gradients gradients = tape.backward(tape.sum(function.apply(tape, List.of(inputs)), false));
      return Arrays.stream(inputs)
          .map(gradients::of)
          .map(gradient -> gradient == null ? null : gradient.toDoubles())
          .toArray(double[][]::new);
    }
  }

  @Override
  public void close() {
    scope.close();
    assertEquals(0, backend.memory().live(), "bytes live after the last scope was closed");
    backend.close();
  }
}

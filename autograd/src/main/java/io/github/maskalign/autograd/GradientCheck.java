package io.github.maskalign.autograd;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.DTypeException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Compares derivatives with central differences in float64, along one random direction at a time:
 * for a function f, random weights c of its outputs and a random direction u of its inputs, {@code
 * <grad <c, f>, u>} against {@code (<c, f(x + h u)> - <c, f(x - h u)>) / 2h}.
 *
 * @since 0.1.0
 */
public final class GradientCheck {

  private static final double STEP = 1e-5;

  private final Scope scope;
  private final Philox random;
  private long draws;

  /** Creates a check with directions drawn from a seed. */
  public GradientCheck(Scope scope, long seed) {
    this.scope = scope;
    this.random = Philox.of(seed).stream("gradient check");
  }

  /**
   * The result of a check.
   *
   * @param analytic directional derivative by the tape
   * @param numeric directional derivative by central differences
   * @param error {@code |analytic - numeric|} relative to the magnitude of the values
   */
  public record Result(double analytic, double numeric, double error) {}

  /**
   * Checks a function at a point.
   *
   * @param inputs F64 tensors, with respect to all of which the function is differentiated
   * @param function maps operations and tensors of the shapes of {@code inputs} to one tensor
   */
  public Result check(List<Tensor> inputs, BiFunction<Ops, List<Tensor>, Tensor> function) {
    List<double[]> directions = new ArrayList<>();
    for (Tensor input : inputs) {
      if (input.dtype() != DType.F64) {
        throw new DTypeException("gradient check: needs F64 inputs, got " + input.dtype());
      }
      directions.add(normal((int) input.size()));
    }
    double analytic = 0;
    double[] weights;
    try (Tape tape = Tape.open(scope, "gradient check")) {
      tape.watchAll(inputs);
      Tensor y = function.apply(tape, inputs);
      weights = normal((int) y.size());
      Tensor loss = tape.sum(tape.mul(y, tape.of(weights, y.shape().dims())), false);
      Gradients gradients = tape.backward(loss);
      for (int i = 0; i < inputs.size(); i++) {
        Tensor gradient = gradients.of(inputs.get(i));
        analytic += gradient == null ? 0 : along(inputs.get(i), gradient, directions.get(i));
      }
    }
    double above = shifted(inputs, directions, STEP, function, weights);
    double below = shifted(inputs, directions, -STEP, function, weights);
    double numeric = (above - below) / (2 * STEP);
    double size = Math.abs(analytic) + Math.abs(numeric) + 1e-3 * (Math.abs(above) + 1);
    return new Result(analytic, numeric, Math.abs(analytic - numeric) / size);
  }

  private double shifted(
      List<Tensor> inputs,
      List<double[]> directions,
      double step,
      BiFunction<Ops, List<Tensor>, Tensor> function,
      double[] weights) {
    try (Scope inner = scope.child("shifted")) {
      List<Tensor> moved = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        Tensor direction = inner.ops().of(directions.get(i), inputs.get(i).shape().dims());
        moved.add(inner.ops().add(inputs.get(i), inner.ops().affine(direction, step, 0)));
      }
      return dot(function.apply(inner.ops(), moved).toDoubles(), weights);
    }
  }

  private static double along(Tensor input, Tensor gradient, double[] direction) {
    if (!gradient.shape().equals(input.shape())) {
      throw new ShapeException(
          "gradient check: the gradient of " + input + " has shape " + gradient.shape());
    }
    return dot(gradient.toDoubles(), direction);
  }

  private double[] normal(int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.normal(draws++);
    }
    return values;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}

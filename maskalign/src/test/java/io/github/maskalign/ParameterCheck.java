package io.github.maskalign;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import java.util.function.Function;

/**
 * Compares the gradients of a loss for each F64 parameter with central differences along a random
 * direction.
 */
public final class ParameterCheck {

  private static final double STEP = 1e-5;

  private ParameterCheck() {}

  /** The worst difference of all parameters, relative to the larger of the slopes and 1e-3. */
  public static double worst(Parameters parameters, Function<Ops, Tensor> loss) {
    Scope scope = parameters.scope();
    double worst = 0;
    try (Tape tape = Tape.open(scope, "check")) {
      tape.watchAll(parameters.trainableValues());
      Gradients gradients = tape.backward(loss.apply(tape));
      for (Parameter parameter : parameters.trainable()) {
        Tensor gradient = gradients.of(parameter.value());
        float[] direction = new float[(int) parameter.value().size()];
        Philox.of(7).stream(parameter.name()).fillNormal(direction, 0);
        double analytic = 0;
        if (gradient != null) {
          double[] values = gradient.toDoubles();
          for (int i = 0; i < values.length; i++) {
            analytic += values[i] * direction[i];
          }
        }
        double numeric = slope(scope, parameter.value(), direction, loss);
        double size = Math.max(1e-3, Math.max(Math.abs(analytic), Math.abs(numeric)));
        worst = Math.max(worst, Math.abs(analytic - numeric) / size);
      }
    }
    return worst;
  }

  private static double slope(
      Scope scope, Tensor value, float[] direction, Function<Ops, Tensor> loss) {
    try (Scope inner = scope.child("differences")) {
      Eager ops = inner.eager();
      Tensor before = ops.copy(value);
      Tensor along = ops.cast(ops.of(direction, value.shape().dims()), value.dtype());
      inner.backend().copy(ops.add(before, ops.affine(along, STEP, 0)), value);
      double above = loss.apply(ops).item();
      inner.backend().copy(ops.add(before, ops.affine(along, -STEP, 0)), value);
      double below = loss.apply(ops).item();
      inner.backend().copy(before, value);
      return (above - below) / (2 * STEP);
    }
  }
}

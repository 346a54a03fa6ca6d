package io.github.maskalign.autograd;

import io.github.maskalign.autograd.nn.Mlp;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import java.util.Arrays;
import java.util.List;

/** A perceptron that learns to halve its input, for tests of whole training steps. */
final class TinyModel implements AutoCloseable {

  private static final int WIDTH = 4;

  private final Scope scope;
  private final Parameters parameters;
  private final Mlp mlp;
  private final AdamW optimizer;
  private final Tensor x;

  TinyModel(Backend backend, long seed) {
    scope = Scope.root(backend, "model " + seed);
    parameters = Parameters.initialized(scope, DType.F32, seed);
    mlp = Mlp.create(parameters.root(), WIDTH, 2 * WIDTH, Gelu.ERF);
    ParameterGroup all = new ParameterGroup(List.copyOf(parameters.trainable()), 1, 0.01);
    optimizer = new AdamW(scope, List.of(all), AdamW.Betas.DEFAULT);
    x = scope.ops().of(new float[] {1, -2, 3, 0, 0.5f, 1, -1, 2}, 2, WIDTH);
  }

  /** One update; returns the loss. */
  double step() {
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      Tensor loss = tape.smoothL1(mlp.forward(tape, x), tape.affine(x, 0.5, 0), 0.5);
      optimizer.step(tape.backward(loss), 0.01, 1);
      return loss.item();
    }
  }

  /** All weights in a row. */
  double[] weights() {
    return parameters.all().stream()
        .map(Parameter::value)
        .map(Tensor::toDoubles)
        .flatMapToDouble(Arrays::stream)
        .toArray();
  }

  @Override
  public void close() {
    scope.close();
  }
}

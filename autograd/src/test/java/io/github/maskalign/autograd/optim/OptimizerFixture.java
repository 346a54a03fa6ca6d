package io.github.maskalign.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.autograd.GradientFixture;
import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Three F64 parameters and artificial gradients, and the same as plain arrays. */
final class OptimizerFixture implements AutoCloseable {

  private final GradientFixture given = new GradientFixture();
  private final Parameters parameters = Parameters.initialized(given.scope(), DType.F64, 2);

  OptimizerFixture() {
    parameters.root().add("matrix", Init.normal(1), 2, 3);
    parameters.root().add("vector", Init.normal(1), 4);
    parameters.root().add("idle", Init.normal(1), 2, 2);
  }

  Scope scope() {
    return given.scope();
  }

  Parameter parameter(String name) {
    return parameters.get(name);
  }

  Parameters parameters() {
    return parameters;
  }

  double[] values(String name) {
    return parameter(name).value().toDoubles();
  }

  /** Gradients of a step: a function of the step and the name, none for those not named. */
  Step step(int number, String... names) {
    Step step = new Step(scope().child("step"));
    for (String name : names) {
      Tensor value = parameter(name).value();
      double[] gradient = new double[(int) value.size()];
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] = Math.sin(number + 3 * i + name.length());
      }
      step.arrays.put(name, gradient);
      step.tensors.put(value, step.scope.ops().of(gradient, value.shape().dims()));
    }
    return step;
  }

  static void assertClose(double[] expected, double[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-13 * (1 + Math.abs(expected[i])), "element " + i);
    }
  }

  @Override
  public void close() {
    given.close();
  }

  static final class Step implements GradientSource, AutoCloseable {
    private final Scope scope;
    private final Map<String, double[]> arrays = new HashMap<>();
    private final Map<Tensor, Tensor> tensors = new IdentityHashMap<>();

    private Step(Scope scope) {
      this.scope = scope;
    }

    double[] array(String name) {
      return arrays.get(name);
    }

    @Override
    public @Nullable Tensor of(Tensor parameter) {
      return tensors.get(parameter);
    }

    @Override
    public void close() {
      scope.close();
    }
  }
}

package io.github.maskalign.autograd.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.autograd.GradientFixture;
import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.Gelu;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of the layers' parameters, by moving the parameters' memory; and of their input. */
class LayerGradientTest {

  private static final double STEP = 1e-5;

  private final GradientFixture given = new GradientFixture();
  private final Parameters parameters = Parameters.initialized(given.scope(), DType.F64, 4);

  @AfterEach
  void close() {
    given.close();
  }

  /** Checks each parameter separately, so that a failure names it. */
  private void checkParameters(Function<Ops, Tensor> forward) {
    // Away from the initial values, of which 0 and 1 hide mistakes.
    for (Parameter parameter : parameters.all()) {
      move(parameter, given.normal(parameter.value().shape().dims()), 0.5);
    }
    Tensor weights = given.normal(forward.apply(given.ops()).shape().dims());
    for (Parameter parameter : parameters.all()) {
      Tensor direction = given.normal(parameter.value().shape().dims());
      double analytic = analytic(forward, parameter, direction, weights);
      move(parameter, direction, STEP);
      double above = weighted(forward, weights);
      move(parameter, direction, -2 * STEP);
      double below = weighted(forward, weights);
      move(parameter, direction, STEP);
      double numeric = (above - below) / (2 * STEP);
      assertEquals(numeric, analytic, 1e-7 * (1 + Math.abs(numeric)), parameter.name());
      assertNotEquals(0, analytic, parameter.name());
    }
  }

  private double analytic(
      Function<Ops, Tensor> forward, Parameter parameter, Tensor direction, Tensor weights) {
    try (Tape tape = Tape.open(given.scope(), "analytic")) {
      tape.watchAll(parameters.trainableValues());
      Gradients gradients = tape.backward(tape.sum(tape.mul(forward.apply(tape), weights), false));
      return gradients.of(parameter.value()).mul(direction).sum().item();
    }
  }

  private double weighted(Function<Ops, Tensor> forward, Tensor weights) {
    try (Scope scope = given.scope().child("forward")) {
      return forward.apply(scope.ops()).mul(weights).sum().item();
    }
  }

  private void move(Parameter parameter, Tensor direction, double step) {
    try (Scope scope = given.scope().child("move")) {
      Tensor change = scope.ops().affine(direction, step, 0);
      scope.backend().copy(parameter.value().add(change), parameter.value());
    }
  }

  @Test
  void linear() {
    Linear layer = Linear.create(parameters.root(), 4, 3);
    Tensor x = given.normal(2, 3, 4);
    checkParameters(ops -> layer.forward(ops, x));
    given.check((ops, in) -> layer.forward(ops, in.get(0)), x);
  }

  @Test
  void linearWithoutBias() {
    Linear layer = Linear.create(parameters.root(), 4, 3, Init.normal(1), null);
    assertEquals(1, parameters.all().size());
    Tensor x = given.ops().transpose(given.normal(4, 5));
    checkParameters(ops -> layer.forward(ops, x));
  }

  @Test
  void layerNorm() {
    LayerNorm layer = LayerNorm.create(parameters.root(), 5, 1e-6);
    Tensor x = given.normal(2, 3, 5);
    checkParameters(ops -> layer.forward(ops, x));
    given.check((ops, in) -> layer.forward(ops, in.get(0)), x);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void attention(int heads) {
    Attention layer = Attention.create(parameters.root(), 6, heads);
    Tensor x = given.normal(2, 3, 6);
    checkParameters(ops -> layer.forward(ops, x));
    given.check((ops, in) -> layer.forward(ops, in.get(0)), x);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void causalAttention(int heads) {
    Attention layer = Attention.causal(parameters.root(), 6, heads, 5);
    Tensor x = given.normal(2, 4, 6);
    checkParameters(ops -> layer.forward(ops, x));
    given.check((ops, in) -> layer.forward(ops, in.get(0)), x);
  }

  @Test
  void causalAttentionSeesOnlyWhatCameBefore() {
    Attention layer = Attention.causal(parameters.root(), 6, 2, 5);
    Tensor x = given.normal(1, 4, 6);
    double[] all = layer.forward(given.ops(), x).toDoubles();
    for (int seen = 1; seen <= 4; seen++) {
      Tensor start = given.ops().slice(x, 1, 0, seen);
      double[] alone = layer.forward(given.ops(), start).toDoubles();
      assertArrayEquals(Arrays.copyOf(all, alone.length), alone, 1e-12);
    }
    double[] first = layer.probabilities(given.scope().eager(), x, null, 1, 2).toDoubles();
    assertArrayEquals(new double[] {0, 0}, new double[] {first[2], first[3]});
    assertEquals(1, first[0] + first[1], 1e-12);
  }

  @Test
  void attentionRefusesHeadsThatDoNotDivideTheWidth() {
    assertThrows(ShapeException.class, () -> Attention.create(parameters.root(), 6, 4));
    assertThrows(ShapeException.class, () -> Attention.create(parameters.root(), 6, 0));
  }

  @ParameterizedTest
  @EnumSource
  void mlp(Gelu activation) {
    Mlp layer = Mlp.create(parameters.root(), 3, 5, activation);
    Tensor x = given.normal(2, 3, 3);
    checkParameters(ops -> layer.forward(ops, x));
    given.check((ops, in) -> layer.forward(ops, in.get(0)), x);
  }

  /** One transformer block: every layer, the residual sums and dropped branches together. */
  @Test
  void block() {
    Parameters.Path root = parameters.root();
    LayerNorm norm1 = LayerNorm.create(root.at("norm1"), 4, 1e-6);
    Attention attention = Attention.create(root.at("attn"), 4, 2);
    LayerNorm norm2 = LayerNorm.create(root.at("norm2"), 4, 1e-6);
    Mlp mlp = Mlp.create(root.at("mlp"), 4, 8, Gelu.ERF);
    DropPath drop = new DropPath(0.3f);
    Tensor x = given.normal(3, 2, 4);
    checkParameters(
        ops -> {
          Tensor branch = attention.forward(ops, norm1.forward(ops, x));
          Tensor y = ops.add(x, drop.forward(ops, branch, new float[] {0.1f, 0.5f, 0.9f}));
          Tensor second = mlp.forward(ops, norm2.forward(ops, y));
          return ops.add(y, drop.forward(ops, second, new float[] {0.8f, 0.2f, 0.4f}));
        });
  }
}

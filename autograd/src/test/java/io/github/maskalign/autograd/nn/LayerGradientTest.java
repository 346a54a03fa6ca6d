package io.github.maskalign.autograd.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.maskalign.autograd.GradientFixture;
import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.Gelu;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
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
    checkParameters(forward, name -> false);
  }

  private void checkParameters(Function<Ops, Tensor> forward, Predicate<String> flat) {
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
      if (!flat.test(parameter.name())) {
        assertNotEquals(0, analytic, parameter.name());
      }
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
    Attention layer = Attention.create(parameters.root(), 6, heads);
    Tensor x = given.normal(2, 4, 6);
    checkParameters(ops -> layer.forward(ops, x, null, AttentionMask.CAUSAL));
    given.check((ops, in) -> layer.forward(ops, in.get(0), null, AttentionMask.CAUSAL), x);
  }

  @Test
  void causalAttentionSeesOnlyWhatCameBefore() {
    Attention layer = Attention.create(parameters.root(), 6, 2);
    Tensor x = given.normal(1, 4, 6);
    AttentionMask mask = AttentionMask.CAUSAL;
    double[] all = layer.forward(given.ops(), x, null, mask).toDoubles();
    for (int seen = 1; seen <= 4; seen++) {
      Tensor start = given.ops().slice(x, 1, 0, seen);
      double[] alone = layer.forward(given.ops(), start, null, mask).toDoubles();
      assertArrayEquals(Arrays.copyOf(all, alone.length), alone, 1e-12);
    }
    double[] first = layer.probabilities(given.scope().eager(), x, null, mask, 1, 2).toDoubles();
    assertArrayEquals(new double[] {0, 0}, new double[] {first[2], first[3]});
    assertEquals(1, first[0] + first[1], 1e-12);
  }

  @Test
  void attentionRefusesHeadsThatDoNotDivideTheWidth() {
    assertThrows(ShapeException.class, () -> Attention.create(parameters.root(), 6, 4));
    assertThrows(ShapeException.class, () -> Attention.create(parameters.root(), 6, 0));
  }

  static Stream<Arguments> attentionOptions() {
    AttentionOptions all = AttentionOptions.DEFAULT;
    return Stream.of(
        arguments(all, List.of("qkv.weight", "qkv.bias", "proj.weight", "proj.bias")),
        arguments(
            all.withBias(false, false, false), List.of("qkv.weight", "proj.weight", "proj.bias")),
        arguments(
            all.withBias(true, false, true),
            List.of("qkv.weight", "q_bias", "v_bias", "proj.weight", "proj.bias")),
        arguments(
            all.withBias(false, true, false).withProjectionBias(false),
            List.of("qkv.weight", "k_bias", "proj.weight")),
        arguments(
            all.withQueryKeyNorm(0.1),
            List.of(
                "qkv.weight",
                "qkv.bias",
                "q_norm.weight",
                "q_norm.bias",
                "k_norm.weight",
                "k_norm.bias",
                "proj.weight",
                "proj.bias")));
  }

  @ParameterizedTest
  @MethodSource("attentionOptions")
  void attentionWithOptions(AttentionOptions options, List<String> names) {
    Attention layer = Attention.create(parameters.root(), 6, 2, options);
    assertEquals(names, parameters.all().stream().map(Parameter::name).toList());
    Tensor x = given.normal(2, 3, 6);
    // Adding a vector to all keys adds the same to all logits of a query, which changes nothing.
    checkParameters(
        ops -> layer.forward(ops, x), name -> name.equals("k_bias") || name.equals("k_norm.bias"));
    given.check((ops, in) -> layer.forward(ops, in.get(0)), x);
  }

  @Test
  void attentionWithoutKeyBiasIsThatWithAZeroThird() {
    Attention some =
        Attention.create(
            parameters.root().at("some"),
            4,
            2,
            AttentionOptions.DEFAULT.withBias(true, false, true));
    Attention all = Attention.create(parameters.root().at("all"), 4, 2);
    set("some.q_bias", 1, 2, 3, 4);
    set("some.v_bias", 5, 6, 7, 8);
    set("all.qkv.bias", 1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8);
    set("all.qkv.weight", value("some.qkv.weight").toDoubles());
    set("all.proj.weight", value("some.proj.weight").toDoubles());
    Tensor x = given.normal(2, 3, 4);
    assertArrayEquals(
        all.forward(given.ops(), x).toDoubles(), some.forward(given.ops(), x).toDoubles());
  }

  /** The length of a normalized query has no effect, whatever the other heads are. */
  @Test
  void queryKeyNormIsTakenOverEachHead() {
    Attention layer =
        Attention.create(
            parameters.root(),
            6,
            2,
            AttentionOptions.DEFAULT.withBias(false, false, false).withQueryKeyNorm(0));
    Tensor x = given.normal(1, 3, 6);
    Eager ops = given.scope().eager();
    double[] once = layer.probabilities(ops, x, null, 0, 3).toDoubles();
    double[] weight = value("qkv.weight").toDoubles();
    for (int row = 0; row < 3; row++) {
      // The first head of the queries only: a norm over the whole width would see it.
      for (int i = 0; i < 6; i++) {
        weight[row * 6 + i] *= 3;
      }
    }
    set("qkv.weight", weight);
    assertArrayEquals(once, layer.probabilities(ops, x, null, 0, 3).toDoubles(), 1e-9);
  }

  private Tensor value(String name) {
    return Objects.requireNonNull(parameters.get(name)).value();
  }

  private void set(String name, double... values) {
    Tensor value = value(name);
    given.scope().backend().copy(given.ops().of(values, value.shape().dims()), value);
  }

  @Test
  void queryKeyNormRefusesANegativeEpsilon() {
    assertThrows(ArgumentException.class, () -> AttentionOptions.DEFAULT.withQueryKeyNorm(-1e-6));
  }

  @ParameterizedTest
  @EnumSource
  void mlp(Gelu activation) {
    Mlp layer = Mlp.create(parameters.root(), 3, 5, activation);
    Tensor x = given.normal(2, 3, 3);
    checkParameters(ops -> layer.forward(ops, x));
    given.check((ops, in) -> layer.forward(ops, in.get(0)), x);
  }

  @ParameterizedTest
  @EnumSource
  void mlpOfEachNonlinearity(Nonlinearity nonlinearity) {
    Mlp layer = Mlp.create(parameters.root(), 3, 5, nonlinearity, false);
    assertEquals(
        List.of("fc1.weight", "fc2.weight"),
        parameters.all().stream().map(Parameter::name).toList());
    Tensor x = given.normal(2, 3, 3);
    checkParameters(ops -> layer.forward(ops, x));
    given.check((ops, in) -> layer.forward(ops, in.get(0)), x);
  }

  @ParameterizedTest
  @EnumSource
  void gatedMlpOfEachNonlinearity(Nonlinearity nonlinearity) {
    Parameters.Path root = parameters.root();
    GatedMlp with = GatedMlp.create(root.at("with"), 3, 5, nonlinearity, true);
    GatedMlp without = GatedMlp.create(root.at("without"), 3, 5, nonlinearity, false);
    Tensor x = given.normal(2, 3, 3);
    checkParameters(ops -> without.forward(ops, with.forward(ops, x)));
    given.check((ops, in) -> with.forward(ops, in.get(0)), x);
    assertEquals(6, parameters.all().size());
  }

  @ParameterizedTest
  @CsvSource({
    "GELU, 1.9544997361036416",
    "TANH_GELU, 1.9545976940877752",
    "QUICK_GELU, 1.9356586231442083",
    "SILU, 1.7615941559557649",
    "RELU, 2"
  })
  void nonlinearityAtTwo(Nonlinearity nonlinearity, double expected) {
    Tensor x = given.ops().of(new double[] {2}, 1);
    assertEquals(expected, nonlinearity.apply(given.ops(), x).item(), 1e-12);
  }

  @Test
  void theFirstHalfOfAGatedMlpIsTheGate() {
    GatedMlp layer = GatedMlp.create(parameters.root(), 1, 1, Nonlinearity.RELU, true);
    set("fc1.weight", -1, 2);
    set("fc2.weight", 1);
    Tensor x = given.ops().of(new double[] {-3}, 1, 1);
    assertEquals(-18, layer.forward(given.ops(), x).item());
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

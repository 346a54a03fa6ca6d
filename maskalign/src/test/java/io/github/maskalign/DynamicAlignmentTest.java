package io.github.maskalign;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.GradientCheck;
import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentOrder;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.config.Fusion;
import io.github.maskalign.config.HeadKind;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DynamicAlignmentTest {

  private static final Dimensions STUDENT = new Dimensions(3, 4, 16);
  private static final AlignmentConfig BASE =
      AlignmentConfig.released().withLevelWeights(new LevelWeights.Top(2));

  private final Backend backend = Nets.reference();
  private final Scope scope = Scope.root(backend, "test");
  private final Parameters parameters = Parameters.initialized(scope, DType.F64, 5);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private static Dimensions teacher(int depth) {
    return new Dimensions(depth, 6, 16);
  }

  private DynamicAlignment create(AlignmentConfig config, Dimensions teacher) {
    return DynamicAlignment.create(parameters.root(), config.plan(STUDENT, teacher));
  }

  private List<Tensor> levels() {
    List<Tensor> levels = new ArrayList<>();
    for (int i = 0; i < STUDENT.depth(); i++) {
      levels.add(Nets.normal(scope, DType.F64, 10 + i, 2, 3, STUDENT.width()));
    }
    return levels;
  }

  @Test
  void theSquareMixStartsNearTheIdentity() {
    create(BASE, teacher(3));
    double[] weights = parameters.get("distill_weights").value().toDoubles();
    assertArrayEquals(new double[] {1.01, 0.01, 0.01, 0.01, 1.01}, first(weights, 5), 1e-6);
  }

  @Test
  void theSumStartsUniform() {
    create(BASE.withFusion(Fusion.SUM), teacher(5));
    Tensor weights = parameters.get("distill_weights").value();
    assertEquals(Shape.of(5, 3), weights.shape());
    for (double weight : weights.toDoubles()) {
      assertEquals(1 / 3.0, weight, 1e-7);
    }
  }

  @Test
  void nothingIsMixedBySimpleFusion() {
    create(BASE.withFusion(Fusion.SIMPLE), teacher(3));
    assertNull(parameters.get("distill_weights"));
  }

  @ParameterizedTest
  @EnumSource
  void headsAreNamedAsInTheReleasedCode(HeadKind kind) {
    create(BASE.withHead(kind), teacher(3));
    List<String> expected =
        switch (kind) {
          case LINEAR -> List.of("weight[6, 4]", "bias[6]");
          case NORM_LINEAR -> List.of("0.weight[4]", "0.bias[4]", "1.weight[6, 4]", "1.bias[6]");
          case MLP -> List.of("0.weight[4, 4]", "0.bias[4]", "2.weight[6, 4]", "2.bias[6]");
          case MLP2 ->
              List.of(
                  "0.weight[4, 4]",
                  "0.bias[4]",
                  "1.weight[4]",
                  "1.bias[4]",
                  "2.weight[6, 4]",
                  "2.bias[6]");
        };
    String head = "distill_heads.2.";
    assertEquals(
        expected,
        parameters.all().stream()
            .filter(p -> p.name().startsWith(head))
            .map(p -> p.name().substring(head.length()) + p.value().shape())
            .toList());
  }

  @Test
  void theOrderDecidesWhoseLevelsHaveHeads() {
    create(BASE.withFusion(Fusion.SUM), teacher(5));
    create(BASE.withFusion(Fusion.SIMPLE).withOrder(AlignmentOrder.ADAPT_THEN_MIX), teacher(5));
    assertNotNull(parameters.get("distill_heads.4.weight"));
    assertNotNull(parameters.get("distill_adapters.2.weight"));
    assertNull(parameters.get("distill_adapters.3.weight"));
  }

  @Test
  void mixingComesFirstInTheOrderOfTheCode() {
    DynamicAlignment alignment = create(BASE, teacher(3));
    Nets.set(parameters, "distill_weights", 0, 0, 0, 0, 0, 0, 2, 0, 3);
    Nets.set(parameters, "distill_heads.2.bias", 1, 2, 3, 4, 5, 6);
    List<Tensor> xs = levels();
    Ops ops = scope.ops();
    Tensor mixed = ops.add(ops.affine(xs.get(0), 2, 0), ops.affine(xs.get(2), 3, 0));
    Tensor expected = linear(mixed, "distill_heads.2");
    assertArrayEquals(
        expected.toDoubles(), alignment.predict(ops, xs).getLast().toDoubles(), 1e-12);
  }

  @Test
  void adaptingComesFirstInTheOrderOfTheFigure() {
    AlignmentConfig config = BASE.withOrder(AlignmentOrder.ADAPT_THEN_MIX);
    DynamicAlignment alignment = create(config, teacher(3));
    Nets.set(parameters, "distill_weights", 0, 0, 0, 0, 0, 0, 2, 0, 3);
    Nets.set(parameters, "distill_adapters.0.bias", 1, 2, 3, 4, 5, 6);
    List<Tensor> xs = levels();
    Ops ops = scope.ops();
    Tensor expected =
        ops.add(
            ops.affine(linear(xs.get(0), "distill_adapters.0"), 2, 0),
            ops.affine(linear(xs.get(2), "distill_adapters.2"), 3, 0));
    assertArrayEquals(
        expected.toDoubles(), alignment.predict(ops, xs).getLast().toDoubles(), 1e-12);
  }

  private Tensor linear(Tensor x, String name) {
    return scope
        .ops()
        .linear(
            x, parameters.get(name + ".weight").value(), parameters.get(name + ".bias").value());
  }

  @Test
  void onlyLevelsThatCountGetGradients() {
    DynamicAlignment alignment = create(BASE, teacher(3));
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      List<Tensor> predictions = alignment.predict(tape, levels());
      Gradients gradients =
          tape.backward(predictions.get(0).square().sum().add(predictions.get(1).square().sum()));
      assertNull(gradients.of(parameters.get("distill_heads.0.weight").value()));
      assertNotNull(gradients.of(parameters.get("distill_heads.1.weight").value()));
      assertNotNull(gradients.of(parameters.get("distill_heads.2.bias").value()));
      double[] rows = gradients.of(parameters.get("distill_weights").value()).toDoubles();
      for (int i = 0; i < rows.length; i++) {
        assertEquals(i < 3, rows[i] == 0, "element " + i);
      }
    }
  }

  private static Stream<AlignmentConfig> everyShape() {
    return Stream.of(AlignmentOrder.values())
        .flatMap(
            order ->
                Stream.of(Fusion.values())
                    .flatMap(
                        fusion ->
                            Stream.of(HeadKind.values())
                                .map(
                                    head ->
                                        BASE.withOrder(order).withFusion(fusion).withHead(head))));
  }

  @ParameterizedTest
  @MethodSource("everyShape")
  void gradientsAgreeWithDifferences(AlignmentConfig config) {
    Dimensions teacher = teacher(config.fusion() == Fusion.SUM ? 4 : 3);
    AlignmentPlan plan = config.plan(STUDENT, teacher);
    DynamicAlignment alignment = DynamicAlignment.create(parameters.root(), plan);
    List<Tensor> xs = levels();
    Tensor target = Nets.normal(scope, DType.F64, 30, 2, 3, teacher.width());
    double worst = ParameterCheck.worst(parameters, ops -> loss(ops, plan, alignment, xs, target));
    assertTrue(worst < 1e-6, "parameters: " + worst);
    GradientCheck.Result inputs =
        new GradientCheck(scope, 1)
            .check(xs, (ops, moved) -> loss(ops, plan, alignment, moved, target));
    assertTrue(inputs.error() < 1e-6, inputs.toString());
  }

  private static Tensor loss(
      Ops ops,
      AlignmentPlan plan,
      DynamicAlignment alignment,
      List<Tensor> students,
      Tensor target) {
    List<Tensor> predictions = alignment.predict(ops, students);
    List<Tensor> targets = predictions.stream().map(p -> target).toList();
    return AlignmentLoss.of(ops, plan, predictions, targets).total();
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfEveryLossAgreeWithDifferences(LossKind kind) {
    Tensor target = Nets.normal(scope, DType.F64, 40, 2, 3, 4);
    Tensor prediction = Nets.normal(scope, DType.F64, 41, 2, 3, 4);
    GradientCheck.Result result =
        new GradientCheck(scope, 2)
            .check(
                List.of(prediction),
                (ops, xs) -> AlignmentLoss.distance(ops, kind, xs.getFirst(), target));
    assertTrue(result.error() < 1e-6, result.toString());
  }

  @Test
  void noDecayForVectorsBiasesAndTheMix() {
    create(BASE.withHead(HeadKind.NORM_LINEAR), teacher(3));
    parameters.root().addFixed("pos_embed", (values, shape, random) -> {}, 1, 4, 4);
    parameters.root().add("cls_token", (values, shape, random) -> {}, 1, 1, 4);
    var groups = WeightDecayGroups.of(parameters, 0.05);
    assertEquals(0, groups.get(0).weightDecay());
    assertEquals(0.05, groups.get(1).weightDecay());
    List<String> decayed = groups.get(1).parameters().stream().map(Parameter::name).toList();
    assertEquals(
        List.of(
            "distill_heads.0.1.weight",
            "distill_heads.1.1.weight",
            "distill_heads.2.1.weight",
            "cls_token"),
        decayed);
    List<String> free = groups.get(0).parameters().stream().map(Parameter::name).toList();
    assertEquals("distill_weights", free.getFirst());
    assertEquals(1 + 3 * 3, free.size());
  }

  private static double[] first(double[] values, int count) {
    return java.util.Arrays.copyOf(values, count);
  }
}

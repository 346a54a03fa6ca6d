package io.github.maskalign;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentOrder;
import io.github.maskalign.config.Fusion;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.config.TargetNorm;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.StochasticDepth;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MaskAlignTest {

  private static final AlignmentConfig BASE =
      AlignmentConfig.released().withLevelWeights(new LevelWeights.Top(2));
  private static final int BATCH = 2;
  private static final int PATCHES = Nets.SMALL.patches();
  private static final int[] VISIBLE = {3, 9, 14, 0, 5, 1, 15, 8};

  private final Backend backend = Nets.reference();
  private final Scope scope = Scope.root(backend, "test");
  private final Ops ops = scope.ops();
  private final Parameters parameters = Parameters.initialized(scope, DType.F64, 1);
  private final ViTTeacher teacher = Nets.teacher(scope, Nets.SMALL, DType.F64, 2);
  private final Tensor images = Nets.normal(scope, DType.F64, 3, BATCH, 3, 8, 8);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private MaskAlign create(AlignmentConfig config) {
    return MaskAlign.create(parameters.root(), Nets.SMALL, teacher.dimensions(), config);
  }

  private MaskAlign.Result run(MaskAlign model, Ops on, Tensor pictures, int[] visible) {
    TeacherOutput output = teacher.forward(on, pictures, model.request());
    return model.forward(on, pictures, model.targets(output), visible, null);
  }

  private static int[] everyPatch(int batch) {
    int[] all = new int[batch * PATCHES];
    Arrays.setAll(all, i -> i % PATCHES);
    return all;
  }

  @Test
  void aStudentThatIsItsTeacherHasNoLossAndNoGradient() {
    MaskAlign model = create(BASE.withMask(MaskKind.RANDOM, 0).withTargetNorm(TargetNorm.NONE));
    Parameters same = Parameters.initialized(scope, DType.F64, 1);
    ViTTeacher twin = Nets.twin(same);
    Nets.set(parameters, "distill_weights", Nets.identity(3));
    for (int i = 0; i < 3; i++) {
      Nets.set(parameters, "distill_heads." + i + ".weight", Nets.identity(8));
    }
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      TeacherOutput output = twin.forward(tape, images, model.request());
      MaskAlign.Result result =
          model.forward(tape, images, model.targets(output), everyPatch(BATCH), null);
      assertEquals(0, result.loss().total().item());
      Gradients gradients = tape.backward(result.loss().total());
      for (Parameter parameter : parameters.trainable()) {
        Tensor gradient = gradients.of(parameter.value());
        if (gradient != null) {
          assertArrayEquals(new double[(int) gradient.size()], gradient.toDoubles());
        }
      }
    }
  }

  @Test
  void withoutAMaskTheStudentSeesEveryPatch() {
    MaskAlign model = create(BASE.withMask(MaskKind.ATTENTIVE, 0));
    TeacherOutput output = teacher.forward(ops, images, model.request());
    Masking masking = new Masking(MaskKind.ATTENTIVE, 1);
    int[] visible = model.visible(masking, model.targets(output), 0, new long[2]);
    int[] sorted = Arrays.copyOf(visible, PATCHES);
    Arrays.sort(sorted);
    assertArrayEquals(everyPatch(1), sorted);
  }

  @Test
  void onlyWhatTheLossUsesGetsGradients() {
    MaskAlign model = create(BASE);
    Set<String> without = withoutGradient(model);
    assertEquals(
        Set.of("norm.weight", "norm.bias", "distill_heads.0.weight", "distill_heads.0.bias"),
        without);
    assertFalse(parameters.get("pos_embed").trainable());
  }

  @Test
  void withSimpleFusionBlocksAboveTheDeepestLevelGetNone() {
    MaskAlign model =
        create(BASE.withFusion(Fusion.SIMPLE).withLevelWeights(new LevelWeights.Middle(1)));
    Set<String> without = withoutGradient(model);
    assertTrue(without.contains("blocks.2.attn.qkv.weight"), without.toString());
    assertFalse(without.contains("blocks.1.mlp.fc2.weight"), without.toString());
    assertTrue(without.contains("distill_heads.2.weight"), without.toString());
  }

  private Set<String> withoutGradient(MaskAlign model) {
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      Gradients gradients = tape.backward(run(model, tape, images, VISIBLE).loss().total());
      return parameters.trainable().stream()
          .filter(parameter -> gradients.of(parameter.value()) == null)
          .map(Parameter::name)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void theTeacherIsNeitherRecordedNorAParameter() {
    MaskAlign model = create(BASE);
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      int before = tape.scope().size();
      TeacherRequest whole = model.request().withLastAtTokens(false);
      TeacherOutput output = teacher.forward(tape, images, whole);
      assertEquals(0, tape.size());
      assertEquals(output.topLevels().size() + 1, tape.scope().size() - before);
      TeacherOutput pending = teacher.forward(tape, images, model.request());
      assertEquals(0, tape.size());
      assertEquals(output.topLevels().size() - 1, pending.topLevels().size());
    }
    assertTrue(parameters.all().stream().noneMatch(p -> p.name().contains("teacher")));
  }

  @Test
  void theTeacherGivesWhatIsAskedForAndNoMore() {
    MaskAlign model = create(BASE.withMask(MaskKind.RANDOM, 0.5));
    TeacherOutput output = teacher.forward(ops, images, model.request());
    assertEquals(1, output.topLevels().size());
    assertNotNull(output.last());
    assertNull(output.importance());
    assertThrows(ShapeException.class, () -> output.level(0));
    assertNotNull(output.level(1));
    assertThrows(ShapeException.class, () -> output.level(2));
    assertThrows(ShapeException.class, () -> output.at(scope.eager(), 0, ops.of(VISIBLE, 2, 4)));
  }

  /** The last block of the teacher, at the visible tokens alone, gives the bits of the whole. */
  @Test
  void targetsOfTheVisibleTokensAlone() {
    for (TargetNorm norm : TargetNorm.values()) {
      for (MaskKind mask : List.of(MaskKind.ATTENTIVE, MaskKind.RANDOM)) {
        MaskAlign model =
            MaskAlign.create(
                Parameters.initialized(scope, DType.F64, 1).root(),
                Nets.SMALL,
                teacher.dimensions(),
                BASE.withTargetNorm(norm).withMask(mask, 0.5));
        TeacherRequest some = model.request();
        assertEquals(norm.perToken(), some.lastAtTokens());
        Targets expected =
            model.targets(teacher.forward(ops, images, some.withLastAtTokens(false)));
        Targets found = model.targets(teacher.forward(ops, images, some));
        assertArrayEquals(expected.importance(), found.importance());
        int[] tokens = {0, 3, 16, 9, 0, 1, 2, 12};
        List<Tensor> whole = expected.at(scope.eager(), tokens);
        List<Tensor> visible = found.at(scope.eager(), tokens);
        for (int i = 0; i < whole.size(); i++) {
          assertArrayEquals(whole.get(i).toDoubles(), visible.get(i).toDoubles());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(LossKind.class)
  void theLossKeepsTheTargetsThatItsDerivativeReads(LossKind kind) {
    MaskAlign model = create(BASE.withLoss(kind));
    Targets targets = model.targets(teacher.forward(ops, images, model.request()));
    WatchedTargets watched = new WatchedTargets(targets);
    Map<String, double[]> expected =
        gradients(tape -> model.forward(tape, images, targets, VISIBLE, null).loss());
    Map<String, double[]> found =
        gradients(
            tape -> {
              AlignmentLoss loss = model.loss(tape, images, watched, VISIBLE, null);
              boolean reads = kind != LossKind.L2 && kind != LossKind.L1;
              watched.used().forEach(target -> assertEquals(reads, !target.isClosed()));
              return loss;
            });
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, values) -> assertArrayEquals(values, found.get(name), name));
  }

  private Map<String, double[]> gradients(Function<Tape, AlignmentLoss> step) {
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      Gradients gradients = tape.backward(step.apply(tape).total());
      Map<String, double[]> values = new TreeMap<>();
      for (Parameter parameter : parameters.trainable()) {
        Tensor gradient = gradients.of(parameter.value());
        if (gradient != null) {
          values.put(parameter.name(), gradient.toDoubles());
        }
      }
      return values;
    }
  }

  @Test
  void hiddenPatchesChangeTheTargetsAndNothingElse() {
    MaskAlign model = create(BASE);
    float[] change = new float[BATCH * 3 * 8 * 8];
    // Patch 7 of 4 x 4 is in row 1, column 3: pixels 6 and 7 of rows 2 and 3. No sample sees it.
    for (int row = 2; row < 4; row++) {
      change[row * 8 + 6] = 1;
      change[row * 8 + 7] = -2;
    }
    Tensor shift = ops.cast(ops.of(change, BATCH, 3, 8, 8), DType.F64);
    MaskAlign.Result before = run(model, ops, images, VISIBLE);
    MaskAlign.Result after = run(model, ops, ops.add(images, shift), VISIBLE);
    for (int i = 0; i < before.hidden().size(); i++) {
      assertArrayEquals(before.hidden().get(i).toDoubles(), after.hidden().get(i).toDoubles());
    }
    assertFalse(
        Arrays.equals(
            before.targets().getLast().toDoubles(), after.targets().getLast().toDoubles()));
  }

  @Test
  void samplesDoNotMeet() {
    MaskAlign model = create(BASE);
    MaskAlign.Result both = run(model, ops, images, VISIBLE);
    int kept = VISIBLE.length / BATCH;
    double total = 0;
    for (int b = 0; b < BATCH; b++) {
      int[] visible = Arrays.copyOfRange(VISIBLE, b * kept, (b + 1) * kept);
      MaskAlign.Result one = run(model, ops, ops.slice(images, 0, b, b + 1), visible);
      assertArrayEquals(
          ops.slice(both.predictions().getLast(), 0, b, b + 1).toDoubles(),
          one.predictions().getLast().toDoubles(),
          1e-12);
      total += one.loss().total().item() / BATCH;
    }
    assertEquals(both.loss().total().item(), total, 1e-12);
  }

  @Test
  void theLossForgetsTheScaleOfWhitenedTeachers() {
    MaskAlign model = create(BASE);
    TeacherRequest whole = model.request().withLastAtTokens(false);
    TeacherOutput output = teacher.forward(ops, images, whole);
    List<Tensor> moved = output.topLevels().stream().map(t -> ops.affine(t, 4, 1)).toList();
    TeacherOutput scaled = new TeacherOutput(output.depth(), moved, output.importance());
    assertEquals(
        model.forward(ops, images, model.targets(output), VISIBLE, null).loss().total().item(),
        model.forward(ops, images, model.targets(scaled), VISIBLE, null).loss().total().item(),
        1e-4);
  }

  @Test
  void depthsMayDifferWithFusionSum() {
    ViTTeacher deep = Nets.teacher(scope, Nets.SMALL.withDepth(5), DType.F64, 2);
    AlignmentConfig config = BASE.withFusion(Fusion.SUM).withLevelWeights(new LevelWeights.Top(4));
    MaskAlign model = MaskAlign.create(parameters.root(), Nets.SMALL, deep.dimensions(), config);
    TeacherOutput output = deep.forward(ops, images, model.request());
    AlignmentLoss loss = model.forward(ops, images, model.targets(output), VISIBLE, null).loss();
    assertEquals(4, loss.levels().size());
    assertTrue(Double.isFinite(loss.total().item()));
  }

  @Test
  void parametersAreCreatedInTheOrderOfTheReleasedOptimizerStates() {
    create(BASE);
    List<String> free =
        WeightDecayGroups.of(parameters, 0.05).getFirst().parameters().stream()
            .map(Parameter::name)
            .toList();
    assertEquals(
        List.of("distill_weights", "patch_embed.proj.bias", "blocks.0.norm1.weight"),
        free.subList(0, 3));
    assertEquals("distill_heads.2.bias", free.getLast());
  }

  @Test
  void studentsWithOtherPrefixTokensAreRefused() {
    assertThrows(
        ShapeException.class,
        () ->
            MaskAlign.create(
                parameters.root(), Nets.SMALL.withPrefixTokens(2), teacher.dimensions(), BASE));
  }

  private static Stream<AlignmentConfig> everyTarget() {
    return Stream.concat(
        Stream.of(TargetNorm.values()).map(BASE::withTargetNorm),
        Stream.of(BASE.withOrder(AlignmentOrder.ADAPT_THEN_MIX)));
  }

  @ParameterizedTest
  @MethodSource("everyTarget")
  void gradientsOfAWholeStepAgreeWithDifferences(AlignmentConfig config) {
    MaskAlign model = create(config);
    Targets targets = model.targets(teacher.forward(ops, images, model.request()));
    StochasticDepth depth =
        StochasticDepth.linear(0.3, Nets.SMALL.depth(), Philox.of(4).stream("drop path"));
    double worst =
        ParameterCheck.worst(
            parameters, on -> model.forward(on, images, targets, VISIBLE, depth).loss().total());
    assertTrue(worst < 1e-5, "worst " + worst);
  }
}

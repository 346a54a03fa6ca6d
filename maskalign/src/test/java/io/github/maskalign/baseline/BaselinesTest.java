package io.github.maskalign.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.AlignmentLoss;
import io.github.maskalign.Nets;
import io.github.maskalign.NormalizedTargets;
import io.github.maskalign.ParameterCheck;
import io.github.maskalign.PretrainObjective;
import io.github.maskalign.Targets;
import io.github.maskalign.WatchedTargets;
import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.StochasticDepth;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BaselinesTest {

  private static final AlignmentConfig CONFIG =
      AlignmentConfig.released()
          .withMask(MaskKind.RANDOM, 0.75)
          .withLevelWeights(new LevelWeights.Top(2));
  private static final DecoderConfig DECODER = new DecoderConfig(12, 2, 3);
  private static final int BATCH = 2;

  /** Patches 3, 9, 14, 0 of the first picture, 5, 1, 15, 8 of the second. */
  private static final int[] VISIBLE = {3, 9, 14, 0, 5, 1, 15, 8};

  private enum Kind {
    PIXELS,
    DECODER,
    MASK_TOKENS
  }

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

  private PretrainObjective create(Kind kind) {
    return create(kind, CONFIG);
  }

  private PretrainObjective create(Kind kind, AlignmentConfig config) {
    Parameters.Path root = parameters.root();
    return switch (kind) {
      case PIXELS -> PixelMae.create(root, Nets.SMALL, DECODER, 0.75);
      case DECODER ->
          Reconstruction.withDecoder(root, Nets.SMALL, teacher.dimensions(), config, DECODER);
      case MASK_TOKENS ->
          Reconstruction.withMaskTokens(root, Nets.SMALL, teacher.dimensions(), config);
    };
  }

  /** Targets of the pictures, which do not depend on the mask. */
  private Targets targets() {
    Dimensions own = new Dimensions(3, 8, 16);
    AlignmentPlan plan = CONFIG.plan(own, teacher.dimensions());
    return new NormalizedTargets(
        plan, teacher.forward(ops, images, NormalizedTargets.request(plan)));
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAgreeWithDifferences(Kind kind) {
    PretrainObjective objective = create(kind);
    Targets targets = targets();
    StochasticDepth depth =
        StochasticDepth.linear(0.3, Nets.SMALL.depth(), Philox.of(4).stream("drop path"));
    double worst =
        ParameterCheck.worst(
            parameters, on -> objective.loss(on, images, targets, VISIBLE, depth).total());
    assertTrue(worst < 1e-5, "worst " + worst);
  }

  @ParameterizedTest
  @EnumSource(names = "PIXELS", mode = EnumSource.Mode.EXCLUDE)
  void theLossKeepsNoTargetsThatItsDerivativeDoesNotRead(Kind kind) {
    PretrainObjective objective = create(kind, CONFIG.withLoss(LossKind.L2));
    Targets targets = targets();
    WatchedTargets watched = new WatchedTargets(targets);
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      Tensor loss = objective.loss(tape, images, watched, VISIBLE, null).total();
      assertEquals(2, watched.used().size());
      watched.used().forEach(target -> assertTrue(target.isClosed()));
      tape.backward(loss);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyParameterLearns(Kind kind) {
    PretrainObjective objective = create(kind);
    Targets targets = targets();
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      Gradients gradients =
          tape.backward(objective.loss(tape, images, targets, VISIBLE, null).total());
      Set<String> without =
          parameters.trainable().stream()
              .filter(parameter -> gradients.of(parameter.value()) == null)
              .map(Parameter::name)
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(Set.of(), without);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsHiddenIsNotSeenButAskedFor(Kind kind) {
    PretrainObjective objective = create(kind);
    AsksFor asked = new AsksFor();
    double before = objective.loss(ops, images, asked, VISIBLE, null).total().item();
    Tensor changed = ops.add(images, hiddenChange());
    double after = objective.loss(ops, changed, asked, VISIBLE, null).total().item();
    if (kind == Kind.PIXELS) {
      assertFalse(before == after, "the pixels to predict have changed");
    } else {
      assertEquals(before, after, "the targets are the same, and so is what is seen");
      assertArrayEquals(
          new int[] {2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 16}, firstHalf(asked.tokens));
    }
  }

  /** Patch 7 of 4 x 4 is in row 1, column 3: pixels 6 and 7 of rows 2 and 3. No sample sees it. */
  private Tensor hiddenChange() {
    float[] change = new float[BATCH * 3 * 8 * 8];
    for (int row = 2; row < 4; row++) {
      change[row * 8 + 6] = 1;
      change[row * 8 + 7] = -2;
    }
    return ops.cast(ops.of(change, BATCH, 3, 8, 8), DType.F64);
  }

  private static int[] firstHalf(int[] tokens) {
    return Arrays.copyOf(tokens, tokens.length / 2);
  }

  @ParameterizedTest
  @EnumSource
  void theOrderOfTheDrawDoesNotMatter(Kind kind) {
    PretrainObjective objective = create(kind);
    int[] otherOrder = {0, 3, 9, 14, 15, 8, 5, 1};
    assertEquals(
        objective.loss(ops, images, targets(), VISIBLE, null).total().item(),
        objective.loss(ops, images, targets(), otherOrder, null).total().item(),
        1e-12);
  }

  @ParameterizedTest
  @EnumSource
  void samplesDoNotMeet(Kind kind) {
    PretrainObjective objective = create(kind);
    AsksFor targets = new AsksFor();
    double both = objective.loss(ops, images, targets, VISIBLE, null).total().item();
    double sum = 0;
    for (int b = 0; b < BATCH; b++) {
      int[] visible = Arrays.copyOfRange(VISIBLE, 4 * b, 4 * b + 4);
      Tensor one = ops.slice(images, 0, b, b + 1);
      sum += objective.loss(ops, one, targets, visible, null).total().item();
    }
    assertEquals(both, sum / BATCH, 1e-12);
  }

  @Test
  void aPredictionOfZeroCostsTheVarianceOfThePixels() {
    PretrainObjective objective = create(Kind.PIXELS);
    Nets.set(parameters, "decoder_pred.weight", new float[12 * 12]);
    AlignmentLoss loss = objective.loss(ops, images, new AsksFor(), VISIBLE, null);
    // Normalized by the unbiased variance, n values have the mean square (n - 1) / n.
    assertEquals(11.0 / 12, loss.total().item(), 1e-5);
  }

  @Test
  void onlyTheStudentIsSeenOfTheParametersOfOthers() {
    create(Kind.DECODER);
    assertTrue(parameters.get("mask_token") != null);
    assertTrue(parameters.get("decoder_blocks.1.attn.qkv.weight") != null);
    assertFalse(parameters.get("decoder_pos_embed").trainable());
  }

  @Test
  void aRatioThatHidesNothingIsRefused() {
    assertThrows(
        ShapeException.class, () -> PixelMae.create(parameters.root(), Nets.SMALL, DECODER, 0));
    assertThrows(
        ShapeException.class,
        () ->
            Reconstruction.withMaskTokens(
                parameters.root(),
                Nets.SMALL,
                teacher.dimensions(),
                CONFIG.withMask(MaskKind.RANDOM, 0.99)));
  }

  /** Returns zeros and records the requested tokens. */
  private static final class AsksFor implements Targets {
    private int[] tokens = {};

    @Override
    public float[] importance() {
      return new float[0];
    }

    @Override
    public List<Tensor> at(Eager on, int[] asked) {
      tokens = asked;
      int rows = asked.length / 12;
      return List.of(
          on.zeros(DType.F64, Shape.of(rows, 12, 8)), on.zeros(DType.F64, Shape.of(rows, 12, 8)));
    }
  }
}

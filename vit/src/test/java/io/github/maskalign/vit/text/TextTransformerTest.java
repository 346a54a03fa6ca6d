package io.github.maskalign.vit.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.text.TextPadding.Masking;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TextTransformerTest {

  private static final int VOCABULARY = 9;
  private static final int CONTEXT = 5;
  private static final int PAD = 0;
  private static final double STEP = 1e-5;

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  private final Parameters parameters = Parameters.initialized(scope, DType.F64, 1);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private TextTransformer tower(boolean causal, TextPooling pooling, Masking masking) {
    BlockConfig blocks = new BlockConfig(8, 2, 2, 2, Activation.TANH_GELU, 1e-6, 0.5);
    TextTransformer tower =
        TextTransformer.create(
            parameters.root(),
            new TextConfig(
                VOCABULARY,
                CONTEXT,
                blocks,
                causal,
                pooling,
                new TextPadding(PAD, masking),
                new TextConfig.Projection(3, true)));
    // Away from the initial values, of which 0 and 1 hide mistakes.
    parameters.all().forEach(parameter -> move(parameter, normal(parameter, "move"), 0.5));
    return tower;
  }

  private Tensor normal(Parameter parameter, String use) {
    Philox random = Philox.of(5).stream(use + parameter.name());
    double[] values = new double[(int) parameter.value().size()];
    Arrays.setAll(values, random::normal);
    return scope.ops().of(values, parameter.value().shape().dims());
  }

  private void move(Parameter parameter, Tensor direction, double step) {
    try (Scope inner = scope.child("move")) {
      Tensor change = inner.ops().affine(direction, step, 0);
      inner.backend().copy(inner.ops().add(parameter.value(), change), parameter.value());
    }
  }

  private static TextBatch batch(int... ids) {
    return TextBatch.of(ids, ids.length / CONTEXT, CONTEXT);
  }

  private double[] embedding(TextTransformer tower, TextBatch texts) {
    return tower.forward(scope.ops(), texts).toDoubles();
  }

  private void same(TextTransformer tower, TextBatch a, TextBatch b) {
    assertArrayEquals(embedding(tower, a), embedding(tower, b), 1e-12);
  }

  private void different(TextTransformer tower, TextBatch a, TextBatch b) {
    double[] first = embedding(tower, a);
    double[] second = embedding(tower, b);
    assertTrue(Math.abs(first[0] - second[0]) > 1e-6, () -> Arrays.toString(first));
  }

  @Test
  void causalTokensSeeWhatIsBefore() {
    TextTransformer tower = tower(true, new TextPooling.FirstOf(7), Masking.NONE);
    same(tower, batch(1, 2, 7, 3, 4), batch(1, 2, 7, 5, 7));
    different(tower, batch(1, 2, 7, 3, 4), batch(1, 3, 7, 3, 4));
    assertFalse(tower.config().readsPadding());
  }

  @Test
  void otherTokensSeeAll() {
    TextTransformer tower = tower(false, new TextPooling.FirstOf(7), Masking.NONE);
    different(tower, batch(1, 2, 7, 3, 4), batch(1, 2, 7, 5, 4));
    assertTrue(tower.config().readsPadding());
  }

  @Test
  void aMaskHidesTokensOfOneText() {
    TextTransformer tower = tower(false, new TextPooling.First(), Masking.NONE);
    boolean[] mask = {true, true, true, false, false, true, true, true, true, true};
    int[] ids = {1, 2, 3, 4, 5, 1, 2, 3, 4, 5};
    int[] hidden = {1, 2, 3, 8, 8, 1, 2, 3, 4, 5};
    TextBatch masked = new TextBatch(ids, 2, CONTEXT, mask);
    same(tower, masked, new TextBatch(hidden, 2, CONTEXT, mask));
    double[] both = embedding(tower, masked);
    double[] alone = embedding(tower, batch(1, 2, 3, 4, 5));
    assertArrayEquals(alone, Arrays.copyOfRange(both, 3, 6), 1e-12);
    assertNotEquals(alone[0], both[0], 1e-6);
  }

  @Test
  void paddingIsMaskedOrNot() {
    TextTransformer tower = tower(false, new TextPooling.First(), Masking.PADDING);
    TextBatch padded = batch(1, 2, 3, PAD, PAD);
    boolean[] mask = {true, true, true, false, false};
    same(tower, padded, new TextBatch(padded.ids(), 1, CONTEXT, mask));
    different(tower, padded, batch(1, 2, 3, PAD, 5));
  }

  @Test
  void cocaMasksTheTokenAfterEachPadding() {
    TextTransformer tower = tower(true, new TextPooling.ClassToken(), Masking.SHIFTED);
    assertEquals(CONTEXT + 1, tower.hiddenStates(scope.ops(), batch(1, 2, 3, 4, 5)).get(0).dim(1));
    same(tower, batch(1, PAD, 3, 4, 5), batch(1, PAD, 8, 4, 5));
    different(tower, batch(PAD, 2, 3, 4, 5), batch(PAD, 2, 8, 4, 5));
    different(tower, batch(PAD, 2, 3, 4, 5), batch(6, 2, 3, 4, 5));
  }

  @Test
  void positionsToPoolBy() {
    TextBatch text = batch(3, 8, 2, 8, 1);
    assertEquals(
        List.of(1.0, 1.0, 0.0, 0.0, 4.0),
        List.of(
            position(new TextPooling.HighestId(), text),
            position(new TextPooling.FirstOf(8), text),
            position(new TextPooling.FirstOf(7), text),
            position(new TextPooling.First(), text),
            position(new TextPooling.Last(), text)));
  }

  /** Where pooling reads, from tokens that contain their position. */
  private double position(TextPooling pooling, TextBatch text) {
    Parameters own = Parameters.uninitialized(scope, DType.F64);
    BlockConfig blocks = new BlockConfig(2, 1, 1, 1, Activation.GELU, 1e-12, 0);
    TextTransformer tower =
        TextTransformer.create(
            own.root(),
            new TextConfig(
                VOCABULARY, CONTEXT, blocks, false, pooling, TextPadding.unmasked(PAD), null));
    backend.copy(scope.ops().of(new double[] {1, 0}, 2), own.get("norm.bias").value());
    backend.copy(scope.ops().of(new double[] {1, 1}, 2), own.get("norm.weight").value());
    // The norm of (1, 0) is (1, -1), of (0, 0) it is zero: one row at a time is told from others.
    for (int i = 0; i < CONTEXT; i++) {
      double[] marked = new double[2 * CONTEXT];
      marked[2 * i] = 1;
      Tensor x = scope.ops().of(marked, 1, CONTEXT, 2);
      if (tower.pooled(scope.ops(), x, text).toDoubles()[0] > 1.5) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void gradientsOfAllParameters() {
    TextTransformer tower = tower(true, new TextPooling.ClassToken(), Masking.SHIFTED);
    TextBatch texts = batch(1, 2, 2, PAD, PAD, 4, 5, 6, 7, 8);
    for (Parameter parameter : parameters.all()) {
      Tensor direction = normal(parameter, "direction");
      double analytic = analytic(tower, texts, parameter, direction);
      move(parameter, direction, STEP);
      double above = objective(tower, texts);
      move(parameter, direction, -2 * STEP);
      double below = objective(tower, texts);
      move(parameter, direction, STEP);
      double numeric = (above - below) / (2 * STEP);
      assertEquals(numeric, analytic, 1e-7 * (1 + Math.abs(numeric)), parameter.name());
      assertNotEquals(0, analytic, parameter.name());
    }
  }

  private static Tensor squares(TextTransformer tower, Ops ops, TextBatch texts) {
    Tensor embeddings = tower.forward(ops, texts);
    return ops.sum(ops.mul(embeddings, embeddings), false);
  }

  private double objective(TextTransformer tower, TextBatch texts) {
    try (Scope inner = scope.child("forward")) {
      return squares(tower, inner.ops(), texts).toDoubles()[0];
    }
  }

  private double analytic(
      TextTransformer tower, TextBatch texts, Parameter parameter, Tensor direction) {
    try (Tape tape = Tape.open(scope, "analytic")) {
      tape.watchAll(parameters.trainableValues());
      Gradients gradients = tape.backward(squares(tower, tape, texts));
      return gradients.of(parameter.value()).mul(direction).sum().item();
    }
  }

  @Test
  void batchesArePaddedAsFarAsTheTowerReads() {
    List<int[]> texts = List.of(new int[] {1, 7}, new int[] {1, 2, 7});
    TextConfig causal = tower(true, new TextPooling.FirstOf(7), Masking.NONE).config();
    assertArrayEquals(new int[] {1, 7, PAD, 1, 2, 7}, TextBatch.of(texts, causal).ids());
    TextConfig last =
        new TextConfig(
            VOCABULARY,
            CONTEXT,
            causal.blocks(),
            false,
            new TextPooling.Last(),
            TextPadding.unmasked(3),
            null);
    assertArrayEquals(new int[] {1, 7, 3, 3, 3, 1, 2, 7, 3, 3}, TextBatch.of(texts, last).ids());
    List<int[]> longer = List.of(new int[CONTEXT + 1]);
    assertThrows(ShapeException.class, () -> TextBatch.of(longer, last));
    assertThrows(ShapeException.class, () -> TextBatch.of(List.of(new int[0]), last));
    assertThrows(ShapeException.class, () -> TextBatch.of(List.of(), last));
  }

  @Test
  void joinedBatchesKeepTheirMasks() {
    TextBatch plain = TextBatch.of(new int[] {1, 7, 2, 7}, 2, 2);
    TextBatch masked =
        new TextBatch(new int[] {PAD, 1, 7}, 1, 3, new boolean[] {false, true, true});
    TextPadding padding = TextPadding.unmasked(3);
    TextBatch joined = TextBatch.joined(List.of(plain, masked), padding);
    assertEquals(3, joined.texts());
    assertArrayEquals(new int[] {1, 7, 3, 2, 7, 3, PAD, 1, 7}, joined.ids());
    assertArrayEquals(
        new boolean[] {true, true, true, true, true, true, false, true, true}, joined.mask());
    assertNull(TextBatch.joined(List.of(plain, plain), padding).mask());
    assertThrows(ShapeException.class, () -> TextBatch.joined(List.of(), padding));
  }

  @Test
  void wrongTextsAreRefused() {
    TextTransformer tower = tower(true, new TextPooling.FirstOf(7), Masking.NONE);
    assertThrows(ShapeException.class, () -> embedding(tower, batch(1, 2, VOCABULARY, 7, 7)));
    assertThrows(ShapeException.class, () -> embedding(tower, batch(1, -1, 2, 7, 7)));
    TextBatch longer = TextBatch.of(new int[] {1, 2, 3, 4, 5, 7}, 1, 6);
    assertThrows(ShapeException.class, () -> embedding(tower, longer));
  }
}

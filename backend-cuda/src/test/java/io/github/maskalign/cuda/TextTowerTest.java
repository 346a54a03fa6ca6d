package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.text.TextBatch;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextPadding;
import io.github.maskalign.vit.text.TextPooling;
import io.github.maskalign.vit.text.TextTransformer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings of texts and the gradients of their tower: token embedding and masked attention. */
@OnEmulator
class TextTowerTest {

  private static final int TEXTS = 40;
  private static final int LENGTH = 33;
  private static final int VOCABULARY = 3_001;
  private static final int WIDTH = 24;
  private static final String EMBEDDINGS = "embeddings";

  /** Relative errors of a tensor: rounding of sums, and of factors with 8 bits. */
  private static final double F32_ERROR = 1e-5;

  private static final double BF16_ERROR = 0.03;

  /** The same texts on the device and on the CPU, with every kind of mask. */
  @ParameterizedTest
  @CsvSource({"true, false", "false, true", "true, true"})
  void gradientsMatchTheCpu(boolean causal, boolean masked) {
    Map<String, float[]> expected;
    try (Backend cpu = Gpus.openCpu()) {
      expected = run(cpu, causal, masked);
    }
    assertNear(expected, onDevice(Precision.F32, causal, masked), F32_ERROR);
    Map<String, float[]> rounded = onDevice(Precision.BF16, causal, masked);
    assertNear(expected, rounded, BF16_ERROR);
    assertTrue(error(expected.get(EMBEDDINGS), rounded.get(EMBEDDINGS)) > F32_ERROR, "rounded");
  }

  @ParameterizedTest
  @CsvSource({"F32", "BF16"})
  void theSameTextsGiveTheSameBits(Precision precision) {
    Map<String, float[]> first = onDevice(precision, true, true);
    Emulator.start().set("reverse", 1);
    Emulator.start().set("seed", 9);
    onDevice(precision, true, true)
        .forEach((name, values) -> assertArrayEquals(first.get(name), values, name));
  }

  private static Map<String, float[]> onDevice(
      Precision precision, boolean causal, boolean masked) {
    try (CudaBackend backend = new CudaBackend(Gpus.openExact(), precision)) {
      return run(backend, causal, masked);
    }
  }

  private static Map<String, float[]> run(Backend backend, boolean causal, boolean masked) {
    TextConfig config =
        new TextConfig(
            VOCABULARY,
            LENGTH,
            new BlockConfig(WIDTH, 2, 2, 2, Activation.GELU, 1e-5, 0),
            causal,
            new TextPooling.Last(),
            TextPadding.unmasked(0),
            new TextConfig.Projection(16, false));
    try (Scope scope = Scope.root(backend, "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      TextTransformer tower = TextTransformer.create(parameters.root(), config);
      float[] direction = new float[TEXTS * config.length()];
      Philox.of(3).fillNormal(direction, 0);
      Map<String, float[]> results = new LinkedHashMap<>();
      try (Tape tape = Tape.open(scope, "step")) {
        tape.watchAll(parameters.trainableValues());
        Tensor embeddings = tower.forward(tape, texts(masked));
        results.put(EMBEDDINGS, embeddings.toFloats());
        Tensor loss =
            tape.sum(tape.mul(embeddings, tape.of(direction, TEXTS, config.length())), false, 0, 1);
        Gradients gradients = tape.backward(loss);
        parameters
            .all()
            .forEach(each -> results.put(each.name(), gradients.of(each.value()).toFloats()));
      }
      return results;
    }
  }

  /**
   * Half of all tokens are a common one, as padding is. The mask hides the end of most texts, the
   * start of some and all of one.
   */
  private static TextBatch texts(boolean masked) {
    int[] ids = new int[TEXTS * LENGTH];
    boolean[] mask = new boolean[ids.length];
    Philox random = Philox.of(2);
    for (int i = 0; i < ids.length; i++) {
      int text = i / LENGTH;
      int token = i % LENGTH;
      ids[i] = (int) Math.floorMod(random.bits(i), 2L * VOCABULARY);
      ids[i] = ids[i] < VOCABULARY ? ids[i] : 7;
      mask[i] = text != 3 && (text % 4 == 1 ? token > text % 9 : token <= text);
    }
    return new TextBatch(ids, TEXTS, LENGTH, masked ? mask : null);
  }

  private static void assertNear(
      Map<String, float[]> expected, Map<String, float[]> actual, double tolerance) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach(
        (name, want) -> {
          double error = error(want, actual.get(name));
          assertTrue(error <= tolerance, () -> name + " differs by " + error);
        });
  }

  /** The norm of the difference, relative to that of the expected values. */
  private static double error(float[] expected, float[] actual) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(expected[i] - actual[i], 2);
      size += expected[i] * expected[i];
    }
    return Math.sqrt(difference / size);
  }
}

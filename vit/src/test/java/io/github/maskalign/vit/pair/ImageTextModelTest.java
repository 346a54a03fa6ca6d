package io.github.maskalign.vit.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.ClipFiles;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.text.TextBatch;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextPadding;
import io.github.maskalign.vit.text.TextPooling;
import io.github.maskalign.vit.weights.PairFile;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageTextModelTest {

  private static final int PAIRS = 3;

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");

  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private static ImageTextConfig config(boolean bias, int length) {
    return new ImageTextConfig(
        ViTConfig.of(8, 4, 8, 1, 2).withChannels(3),
        new TextConfig.Projection(4, false),
        new TextConfig(
            9,
            3,
            new BlockConfig(8, 1, 2, 2, Activation.GELU, 1e-5, 0),
            true,
            new TextPooling.Last(),
            TextPadding.unmasked(0),
            new TextConfig.Projection(length, bias)),
        bias);
  }

  private Tensor pixels() {
    float[] values = new float[PAIRS * 3 * 8 * 8];
    Philox.of(2).fillNormal(values, 0);
    return scope.ops().of(values, PAIRS, 3, 8, 8);
  }

  private static TextBatch texts() {
    return TextBatch.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 1}, PAIRS, 3);
  }

  /** Plain gradient descent on three pairs matches them with each other. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void towersLearnTogether(boolean bias) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ImageTextModel model = ImageTextModel.create(parameters, config(bias, 4));
    double first = step(model, parameters);
    double last = first;
    for (int i = 0; i < 30; i++) {
      last = step(model, parameters);
    }
    assertTrue(last < first / 2, first + " to " + last);
  }

  private double step(ImageTextModel model, Parameters parameters) {
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      Tensor loss = model.loss(tape, pixels(), texts());
      double value = loss.toDoubles()[0];
      Gradients gradients = tape.backward(loss);
      for (Parameter parameter : parameters.trainable()) {
        Tensor gradient = gradients.of(parameter.value());
        assertNotNull(gradient, parameter.name());
        Tensor moved = parameter.value().add(scope.ops().affine(gradient, -0.05, 0));
        backend.copy(moved, parameter.value());
      }
      return value;
    }
  }

  @Test
  void towersMustMatch() {
    ShapeException told = assertThrows(ShapeException.class, () -> config(false, 5));
    assertTrue(told.getMessage().contains("have 4 values, text embeddings 5"), told.getMessage());
  }

  @Test
  void loadsBothTowersOfAFile() {
    new ClipFiles().writeHuggingFace(folder, "quick_gelu", 2);
    try (PairFile file = PairFile.open(folder)) {
      Parameters parameters = Parameters.uninitialized(scope, DType.F32);
      ImageTextModel model = file.load(parameters);
      assertEquals(ClipFiles.PROJECTION, model.config().length());
      float[] values = new float[PAIRS * 3 * ClipFiles.SIZE * ClipFiles.SIZE];
      Tensor images = scope.ops().of(values, PAIRS, 3, ClipFiles.SIZE, ClipFiles.SIZE);
      Tensor embeddings =
          ImageTextModel.embeddings(scope.ops(), model.imageFeatures(scope.ops(), images));
      double[] row = embeddings.toDoubles();
      double square = 0;
      for (int i = 0; i < ClipFiles.PROJECTION; i++) {
        square += row[i] * row[i];
      }
      assertEquals(1, square, 1e-5);
    }
  }
}

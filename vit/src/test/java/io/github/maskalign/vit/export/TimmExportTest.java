package io.github.maskalign.vit.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Centering;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.preprocess.Sampling;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.Filter;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimmExportTest {

  private static final ViTConfig SMALL = ViTConfig.of(8, 4, 12, 2, 3);
  private static final ExportNotes NOTES =
      new ExportNotes(
          Preprocessing.centerCrop(8, 0.875, ChannelStats.half(3)),
          List.of("cat", "dog", "owl"),
          Map.of());

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  @Test
  void anExportReadsBackToTheSameBits() {
    for (ViTConfig config : List.of(SMALL, SMALL.withNormEps(1e-5), SMALL.asClip())) {
      for (Pooling pooling : List.of(Pooling.CLASS_TOKEN, Pooling.MEAN_PATCHES)) {
        SavedNetwork saved = classifier(config, pooling);
        Path export = folder.resolve("export");
        TimmExport.write(export, saved, NOTES);
        try (NetworkFile file = NetworkFile.open(export)) {
          SavedNetwork read = SavedNetwork.load(scope, file);
          assertEquals(config.withOutput(OutputConfig.of(pooling)), read.config());
          assertSameBits(saved.parameters(), read.parameters());
          Preprocessing images = ModelCard.of(file).preprocessing();
          assertEquals(NOTES.preprocessing().resize(), images.resize());
          assertEquals(NOTES.preprocessing().crop(), images.crop());
          assertEquals(NOTES.preprocessing().stats(), images.stats());
        }
      }
    }
  }

  @Test
  void whatTimmNeedsIsInConfigJson() throws IOException {
    TimmExport.write(folder, classifier(SMALL.asClip(), Pooling.MEAN_PATCHES), NOTES);
    JsonNode json = JsonFiles.object(folder.resolve("config.json"), JsonKind.CONFIGURATION);
    // The only architectures whose norms have epsilon 1e-5.
    assertEquals("vit_base_patch16_clip_224", json.path("architecture").asText());
    assertEquals("[\"cat\",\"dog\",\"owl\"]", json.path("label_names").toString());
    JsonNode args = json.path("model_args");
    assertEquals("quick_gelu", args.path("act_layer").asText());
    assertEquals("avg", args.path("global_pool").asText());
    assertTrue(args.path("fc_norm").booleanValue());
    JsonNode images = json.path("pretrained_cfg");
    assertEquals(9, (int) (8 / images.path("crop_pct").asDouble()));
    assertEquals("center", images.path("crop_mode").asText());
    assertEquals("bicubic", images.path("interpolation").asText());
    TimmExport.write(folder, classifier(SMALL, Pooling.CLASS_TOKEN), NOTES);
    json = JsonFiles.object(folder.resolve("config.json"), JsonKind.CONFIGURATION);
    assertEquals("vit_base_patch16_224", json.path("architecture").asText());
    assertFalse(json.path("model_args").path("fc_norm").booleanValue());
  }

  /** DeiT's tokens and heads, and a norm after pooling by the class token. */
  @Test
  void everyHeadReadsBack() {
    ViTConfig learned = SMALL.withPositions(PositionEmbedding.LEARNED);
    TokenConfig two = learned.tokens().withDistillationToken(true);
    ViTConfig deit = learned.withTokens(two.withPositions(PositionEmbedding.LEARNED, 2));
    for (ViTConfig config :
        List.of(
            deit.withOutput(OutputConfig.of(Pooling.CLASS_AND_DISTILLATION)),
            learned.withOutput(OutputConfig.of(Pooling.CLASS_TOKEN).withNorm(FinalNorm.POOLED)),
            learned.withOutput(OutputConfig.of(Pooling.MEAN_TOKENS).withNorm(FinalNorm.NONE)))) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViTClassifier.create(parameters.root(), config, 3);
      SavedNetwork saved = saved(parameters);
      Path export = folder.resolve("export");
      TimmExport.write(export, saved, NOTES);
      try (NetworkFile file = NetworkFile.open(export)) {
        SavedNetwork read = SavedNetwork.load(scope, file);
        assertEquals(config, read.config());
        assertSameBits(saved.parameters(), read.parameters());
        assertEquals(NOTES.labels(), ExportNotes.of(file).labels());
      }
    }
    JsonNode json = JsonFiles.object(folder.resolve("export/config.json"), JsonKind.CONFIGURATION);
    assertTrue(json.path("model_args").path("pool_include_prefix").booleanValue());
  }

  @Test
  void cropsReadBack() {
    Crop crop = new Crop(ImageSize.square(8), Centering.HALF_EVEN, 0);
    for (ResizeRule resize :
        List.of(
            new ResizeRule.Exact(ImageSize.square(8)),
            new ResizeRule.Exact(ImageSize.square(9)),
            new ResizeRule.ShortestEdge(11))) {
      Sampling sampling = new Sampling(Filter.BILINEAR, Arithmetic.PILLOW);
      Preprocessing images =
          new Preprocessing(ColorRule.RGB, resize, sampling, crop, ChannelStats.clip());
      TimmExport.write(folder, classifier(SMALL, Pooling.CLASS_TOKEN), ExportNotes.of(images));
      try (NetworkFile file = NetworkFile.open(folder.resolve("model.safetensors"))) {
        assertEquals(images, ModelCard.of(file).preprocessing());
      }
    }
  }

  @Test
  void whatTimmCannotExpressIsRefused() {
    for (ViTConfig config :
        List.of(
            SMALL.withNormEps(1e-12),
            SMALL.asDinoV3(1),
            SMALL.withActivation(Activation.SWIGLU),
            SMALL.asClip().withInput(SMALL.input()))) {
      SavedNetwork network = classifier(config, Pooling.CLASS_TOKEN);
      String message =
          assertThrows(FormatException.class, () -> TimmExport.write(folder, network, NOTES))
              .getMessage();
      assertTrue(message.startsWith("timm export: "), message);
    }
  }

  /** The head of a probe is one linear layer elsewhere. */
  @Test
  void theNormOfAProbeIsFolded() {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    LinearProbe probe = LinearProbe.create(parameters.root(), SMALL, Pooling.CLASS_TOKEN, 3);
    fill(parameters.get("head.0.running_mean"), i -> 0.1f * i);
    fill(parameters.get("head.0.running_var"), i -> 0.5f + i);
    fill(parameters.get("head.1.bias"), i -> i - 1f);
    Tensor images = scope.ops().of(new float[192], 1, 3, 8, 8);
    float[] expected = probe.forward(scope.ops(), images).toFloats();
    Path weights = folder.resolve("probe.safetensors");
    Weights.save(weights, parameters, Map.of());
    Path export = folder.resolve("export");
    try (NetworkFile file = NetworkFile.open(weights)) {
      TimmExport.write(export, SavedNetwork.load(scope, file), NOTES);
    }
    Parameters read = Parameters.uninitialized(scope, DType.F32);
    ViTClassifier model = ViTClassifier.create(read.root(), SMALL, Pooling.CLASS_TOKEN, 3);
    try (NetworkFile file = NetworkFile.open(export)) {
      file.load(read);
    }
    assertArrayEquals(expected, model.forward(scope.ops(), images).toFloats(), 1e-6f);
  }

  private static void fill(Parameter parameter, IntToFloat values) {
    Tensor tensor = parameter.value();
    float[] filled = new float[(int) tensor.size()];
    for (int i = 0; i < filled.length; i++) {
      filled[i] = values.apply(i);
    }
    Tensor source = tensor.owner().ops().of(filled, tensor.shape().dims());
    tensor.owner().backend().copy(source, tensor);
  }

  private interface IntToFloat {
    float apply(int i);
  }

  static void assertSameBits(Parameters expected, Parameters actual) {
    for (Parameter parameter : expected.all()) {
      assertArrayEquals(
          parameter.value().toFloats(),
          actual.get(parameter.name()).value().toFloats(),
          parameter.name());
    }
  }

  private SavedNetwork classifier(ViTConfig config, Pooling pooling) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViTClassifier.create(parameters.root(), config, pooling, 3);
    return saved(parameters);
  }

  private SavedNetwork saved(Parameters parameters) {
    Path weights = folder.resolve("net.safetensors");
    Weights.save(weights, parameters, Map.of());
    try (NetworkFile file = NetworkFile.open(weights)) {
      return SavedNetwork.load(scope, file);
    }
  }
}

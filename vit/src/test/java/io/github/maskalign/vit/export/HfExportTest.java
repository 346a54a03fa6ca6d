package io.github.maskalign.vit.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.StoredPicture;
import io.github.maskalign.vit.image.preprocess.Centering;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.PixelValues;
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
import io.github.maskalign.vit.weights.classifier.ClassifierCard;
import io.github.maskalign.vit.weights.classifier.ClassifierFile;
import io.github.maskalign.vit.weights.classifier.Probability;
import io.github.maskalign.vit.weights.processor.ImageBackend;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HfExportTest {

  private static final ViTConfig LEARNED =
      ViTConfig.of(8, 4, 12, 2, 3).withPositions(PositionEmbedding.LEARNED);
  private static final ViTConfig SMALL = LEARNED.withMlp(2, Activation.GELU);
  private static final ExportNotes NOTES =
      ExportNotes.of(Preprocessing.centerCrop(8, 0.875, ChannelStats.half(3)));

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  @Test
  void networksOfEveryClassReadBackToTheSameBits() {
    for (ViTConfig config :
        List.of(
            SMALL,
            SMALL.withNormEps(1e-5).withActivation(Activation.QUICK_GELU).withChannels(1),
            SMALL.asClip().withActivation(Activation.GELU),
            SMALL.asSiglip(),
            LEARNED.asDinoV2(0),
            LEARNED.asDinoV2(0).withMlp(32 / 12.0, Activation.SWIGLU),
            SMALL
                .asDinoV2(2)
                .withTokens(
                    SMALL.asDinoV2(2).tokens().withResampling(Resampling.BICUBIC_ANTIALIAS)),
            SMALL.asDinoV3(2),
            SMALL.asDinoV3(0).withActivation(Activation.SWIGLU))) {
      SavedNetwork saved = network(config);
      Path export = folder.resolve("export");
      HfExport.write(export, saved, NOTES);
      try (NetworkFile file = NetworkFile.open(export)) {
        SavedNetwork read = SavedNetwork.load(scope, file);
        assertEquals(NetworkFile.ConfigSource.CONFIG_JSON, file.configSource());
        assertEquals(config, read.config());
        TimmExportTest.assertSameBits(saved.parameters(), read.parameters());
      }
    }
  }

  /** transformers has tables of positions only as weights. */
  @Test
  void fixedPositionsBecomeWeights() {
    SavedNetwork saved = network(SMALL.withPositions(PositionEmbedding.SINCOS));
    HfExport.write(folder, saved, NOTES);
    try (NetworkFile file = NetworkFile.open(folder)) {
      SavedNetwork read = SavedNetwork.load(scope, file);
      assertEquals(SMALL, read.config());
      TimmExportTest.assertSameBits(saved.parameters(), read.parameters());
    }
  }

  @Test
  void classifiersOfEveryClassReadBackToTheSameLogits() {
    TokenConfig two = SMALL.tokens().withDistillationToken(true);
    ViTConfig deit = SMALL.withTokens(two.withPositions(PositionEmbedding.LEARNED, 2));
    ViTConfig noClass = SMALL.withTokens(TokenConfig.of(false, PositionEmbedding.LEARNED));
    ViTConfig dino = LEARNED.asDinoV2(0);
    TokenConfig registers = LEARNED.asDinoV2(2).tokens();
    ViTConfig allPositioned =
        LEARNED
            .asDinoV2(2)
            .withTokens(registers.withPositions(PositionEmbedding.LEARNED, registers.prefix()));
    ViTConfig nonePositioned =
        dino.withTokens(dino.tokens().withPositions(PositionEmbedding.LEARNED, 0));
    OutputConfig mean = OutputConfig.of(Pooling.MEAN_PATCHES);
    readsBack("vit", SMALL.withOutput(OutputConfig.of(Pooling.CLASS_TOKEN)));
    readsBack("deit", deit.withOutput(OutputConfig.of(Pooling.CLASS_TOKEN)));
    readsBack("deit", deit.withOutput(OutputConfig.of(Pooling.CLASS_AND_DISTILLATION)));
    readsBack("ijepa", noClass.withOutput(OutputConfig.of(Pooling.MEAN_TOKENS)));
    readsBack("ijepa", noClass.withOutput(mean.withNorm(FinalNorm.TOKENS)));
    readsBack("dinov2", dino.withOutput(OutputConfig.of(Pooling.CLASS_AND_MEAN)));
    readsBack("dinov2", dino.withOutput(OutputConfig.of(Pooling.CLASS_TOKEN)));
    readsBack("dinov2", dino.withOutput(mean.withNorm(FinalNorm.TOKENS)));
    readsBack("dinov2", nonePositioned.withOutput(OutputConfig.of(Pooling.CLASS_TOKEN)));
    readsBack(
        "dinov2_with_registers", allPositioned.withOutput(OutputConfig.of(Pooling.CLASS_AND_MEAN)));
    readsBack("clip", SMALL.asClip().withOutput(mean.withNorm(FinalNorm.NONE)));
  }

  /** A head with zeros for the other half is summed in another order. */
  private void readsBack(String type, ViTConfig config) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViTClassifier.create(parameters.root(), config, 3);
    Path weights = folder.resolve("net.safetensors");
    List<String> labels = List.of("cat", "dog", "owl");
    ClassifierCard card = new ClassifierCard(ClassifierCard.Head.LINEAR, labels);
    Weights.save(weights, parameters, card.metadata(ChannelStats.half(3)));
    Path export = folder.resolve("export");
    float[] expected;
    try (NetworkFile file = NetworkFile.open(weights)) {
      expected = logits(file);
      ExportNotes notes = ExportNotes.of(file);
      ExportNotes several =
          new ExportNotes(
              notes.preprocessing(), notes.labels(), Probability.SIGMOID, notes.metadata());
      HfExport.write(export, SavedNetwork.load(scope, file), several);
    }
    try (NetworkFile file = NetworkFile.open(export)) {
      assertEquals(
          List.of(), SavedNetwork.load(scope, file).report().missing(), "the head is read");
    }
    JsonNode json = JsonFiles.object(export.resolve("config.json"), JsonKind.CONFIGURATION);
    assertEquals(type, json.path("model_type").asText());
    try (NetworkFile file = NetworkFile.open(export)) {
      assertArrayEquals(expected, logits(file), 1e-7f, type);
      assertEquals(labels, ClassifierFile.of(file).classes().names());
      assertEquals(Probability.SIGMOID, ClassifierFile.of(file).probability());
    }
  }

  private float[] logits(NetworkFile file) {
    Parameters parameters = Parameters.uninitialized(scope, DType.F32);
    ImageClassifier network = ClassifierFile.of(file).load(parameters);
    Ops ops = scope.ops();
    return network.forward(ops, ops.uniform(Philox.of(2), 2, 3, 8, 8)).toFloats();
  }

  /** Every way in which published files state sizes, in each library's arithmetic. */
  @Test
  void processorsReadBackToTheSamePixels() {
    ImageSize size = new ImageSize(8, 8);
    for (Arithmetic arithmetic : Arithmetic.values()) {
      boolean pillow = arithmetic == Arithmetic.PILLOW;
      Crop crop = new Crop(size, pillow ? Centering.FLOOR : Centering.TRUNCATE, 0);
      for (ResizeRule resize :
          List.of(
              new ResizeRule.Exact(size),
              new ResizeRule.Exact(new ImageSize(10, 12)),
              new ResizeRule.ShortestEdge(9),
              new ResizeRule.ShortestWithin(9, 11))) {
        Sampling sampling = new Sampling(Filter.BILINEAR, arithmetic);
        boolean whole = resize.equals(new ResizeRule.Exact(size));
        Preprocessing images =
            new Preprocessing(
                ColorRule.ON_WHITE, resize, sampling, whole ? null : crop, ChannelStats.clip());
        HfExport.write(folder, network(SMALL), ExportNotes.of(images));
        try (NetworkFile file = NetworkFile.open(folder.resolve("model.safetensors"))) {
          ProcessorOptions options =
              ProcessorOptions.defaults().withImageBackend(pillow ? ImageBackend.PILLOW : null);
          assertEquals(images, ModelCard.of(file.withProcessing(options)).preprocessing());
        }
      }
    }
    Preprocessing squashed =
        new Preprocessing(
            ColorRule.RGB,
            new ResizeRule.KeepRatio(new ImageSize(9, 12), true),
            Sampling.BICUBIC,
            new Crop(size, Centering.HALF_EVEN, 0),
            ChannelStats.half(3));
    SavedNetwork network = network(SMALL);
    assertThrows(
        FormatException.class, () -> HfExport.write(folder, network, ExportNotes.of(squashed)));
  }

  @Test
  void aGrayNetworkSeesGrayImages() {
    ViTConfig gray = SMALL.withChannels(1);
    HfExport.write(
        folder, network(gray), ExportNotes.of(Preprocessing.of(8, ChannelStats.half(1))));
    try (NetworkFile file = NetworkFile.open(folder.resolve("model.safetensors"))) {
      Picture rgb = Picture.of(new byte[3 * 64], 3, 8, 8);
      PixelValues values = ModelCard.of(file).preprocessing().load(StoredPicture.of(rgb));
      assertEquals(1, values.channels());
    }
  }

  @Test
  void aClassifierHasLabels() {
    ExportNotes notes =
        new ExportNotes(
            NOTES.preprocessing(), List.of("cat", "dog", "owl"), Map.of("license", "MIT"));
    SavedNetwork saved = classifier(SMALL, Pooling.CLASS_TOKEN);
    HfExport.write(folder, saved, notes);
    JsonNode json = JsonFiles.object(folder.resolve("config.json"), JsonKind.CONFIGURATION);
    assertEquals("{\"0\":\"cat\",\"1\":\"dog\",\"2\":\"owl\"}", json.path("id2label").toString());
    assertEquals("{\"cat\":0,\"dog\":1,\"owl\":2}", json.path("label2id").toString());
    assertEquals("[\"ViTForImageClassification\"]", json.path("architectures").toString());
    try (SafeTensorsFile file = SafeTensorsFile.open(folder.resolve("model.safetensors"))) {
      assertEquals("MIT", file.metadata().get("license"));
      assertEquals(
          List.of(3, 12),
          Arrays.stream(file.entry("classifier.weight").shape().dims()).boxed().toList());
      assertTrue(file.names().contains("vit.encoder.layer.1.attention.attention.key.bias"));
      assertFalse(file.names().contains("vit.head.weight"));
    }
    assertThrows(
        ArgumentException.class,
        () ->
            HfExport.write(
                folder, saved, new ExportNotes(NOTES.preprocessing(), List.of("cat"), Map.of())));
  }

  @Test
  void theProcessorCropsAsThisLibraryDoes() {
    HfExport.write(folder, network(SMALL), NOTES);
    JsonNode json =
        JsonFiles.object(folder.resolve("preprocessor_config.json"), JsonKind.CONFIGURATION);
    assertEquals(9, json.path("size").path("shortest_edge").asInt());
    assertEquals("{\"height\":8,\"width\":8}", json.path("crop_size").toString());
    assertEquals(3, json.path("resample").asInt());
    assertEquals("[0.5,0.5,0.5]", json.path("image_std").toString());
    try (NetworkFile file = NetworkFile.open(folder)) {
      Preprocessing read = ModelCard.of(file).preprocessing();
      assertEquals(NOTES.preprocessing().resize(), read.resize());
      assertEquals(NOTES.preprocessing().size(), read.size());
      assertEquals(NOTES.preprocessing().stats(), read.stats());
    }
  }

  @Test
  void whatNoClassComputesIsRefused() {
    refused(network(SMALL.withPrefixTokens(3)), "register tokens");
    refused(network(SMALL.withActivation(Activation.SWIGLU)), "a gated MLP");
    refused(network(SMALL.asClip().withInput(SMALL.input())), "the bias of the patch embedding");
    refused(network(SMALL.withBlocks(SMALL.blocks().withQueryKeyNorm(true))), "query-key norm");
    TokenConfig distilled = SMALL.asClip().tokens().withDistillationToken(true);
    refused(network(SMALL.asClip().withTokens(distilled)), "a distillation token");
    refused(network(SMALL.asDinoV2(0).withMlp(1.5, Activation.GELU)), "the width of the MLP");
    refused(classifier(SMALL, Pooling.MEAN_PATCHES), "the norm after the mean of the patches");
    refused(classifier(SMALL.asClip(), Pooling.CLASS_TOKEN), "the pooling before the head");
  }

  private void refused(SavedNetwork network, String reason) {
    FormatException error =
        assertThrows(FormatException.class, () -> HfExport.write(folder, network, NOTES));
    assertTrue(error.getMessage().contains(reason), error.getMessage());
  }

  private SavedNetwork network(ViTConfig config) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), config);
    return saved(parameters);
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

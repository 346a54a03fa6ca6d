package io.github.maskalign.vit.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares ONNX Runtime on exported files with the library. */
class OnnxExportTest {

  private static final float ROUNDING = 1e-4f;
  private static final ViTConfig SMALL =
      ViTConfig.of(12, 4, 16, 2, 2)
          .withMlp(2, Activation.GELU)
          .withPositions(PositionEmbedding.LEARNED);

  private static final ExportNotes NOTES =
      ExportNotes.of(Preprocessing.of(12, ChannelStats.imageNet()));

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  private final Ops ops = scope.ops();
  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private static final OutputConfig QUERIES =
      new OutputConfig(
          Pooling.QUERIES,
          FinalNorm.POOLED,
          0,
          new OutputConfig.QueryPool(3, 2, 4, Pooling.CLASS_TOKEN));

  /** Away from 0 and 1, so that every parameter has an effect. */
  private static void disturb(Parameters parameters) {
    for (Parameter parameter : parameters.trainable()) {
      Tensor value = parameter.value();
      float[] noise = new float[(int) value.size()];
      Philox.of(3).stream(parameter.name()).fillNormal(noise, 0);
      Tensor added = value.owner().ops().of(noise, value.shape().dims()).scale(0.2);
      value.owner().backend().copy(value.add(added), value);
    }
  }

  private static float[] pixels(int batch, ViTConfig config) {
    float[] pixels =
        new float
            [batch * config.channels() * config.imageSize().height() * config.imageSize().height()];
    Philox.of(5).fillNormal(pixels, 0);
    return pixels;
  }

  private record Results(Map<String, float[]> values) {}

  private static Results run(Path file, float[] pixels, ViTConfig config, int batch)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = {
      batch, config.channels(), config.imageSize().height(), config.imageSize().height()
    };
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels), shape);
        OrtSession.Result result = session.run(Map.of("images", input))) {
      Map<String, float[]> values = new LinkedHashMap<>();
      for (Map.Entry<String, OnnxValue> entry : result) {
        FloatBuffer buffer = ((OnnxTensor) entry.getValue()).getFloatBuffer();
        float[] numbers = new float[buffer.remaining()];
        buffer.get(numbers);
        values.put(entry.getKey(), numbers);
      }
      return new Results(values);
    }
  }

  @Test
  void networksOfEveryKind() throws OrtException {
    for (ViTConfig config :
        List.of(
            SMALL,
            SMALL.withPositions(PositionEmbedding.SINCOS).withChannels(1),
            SMALL.asClip(),
            SMALL.asDinoV2(2),
            SMALL.asDinoV3(2).withActivation(Activation.SWIGLU),
            SMALL.asSiglip(),
            SMALL
                .asSiglip()
                .withOutput(OutputConfig.of(Pooling.ATTENTION).withNorm(FinalNorm.POOLED)),
            SMALL.asSiglip().withImageSize(SMALL.imageSize().height() + 1),
            SMALL
                .withTokens(SMALL.tokens().withDistillationToken(true))
                .withOutput(OutputConfig.of(Pooling.CLASS_AND_DISTILLATION)),
            SMALL.withNormEps(0.1).withOutput(QUERIES),
            SMALL.withPrefixTokens(0))) {
      for (int batch : new int[] {0, 2}) {
        Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
        ViT network = ViT.create(parameters.root(), config);
        disturb(parameters);
        Path file = folder.resolve("net.onnx");
        OnnxExport.Options options = new OnnxExport.Options(batch, 0, Pooling.CLASS_TOKEN);
        OnnxExport.write(file, config, parameters, options, NOTES);
        float[] pixels = pixels(2, config);
        int size = config.imageSize().height();
        Tensor images = ops.of(pixels, 2, config.channels(), size, size);
        Tensor tokens = network.forward(ops, images);
        Results results = run(file, pixels, config, 2);
        assertEquals(List.of("tokens", "pooled"), List.copyOf(results.values().keySet()));
        float[] expected = network.normalized(ops, tokens).toFloats();
        assertArrayEquals(expected, results.values().get("tokens"), ROUNDING);
        expected = network.pooled(ops, tokens).toFloats();
        assertArrayEquals(expected, results.values().get("pooled"), ROUNDING);
      }
    }
  }

  @Test
  void classifiers() throws OrtException {
    ViTConfig deit = SMALL.withTokens(SMALL.tokens().withDistillationToken(true));
    for (ViTConfig config :
        List.of(
            SMALL.withOutput(OutputConfig.of(Pooling.CLASS_TOKEN)),
            SMALL.withOutput(OutputConfig.of(Pooling.MEAN_PATCHES)),
            SMALL.withOutput(OutputConfig.of(Pooling.CLASS_AND_MEAN)),
            SMALL.withOutput(OutputConfig.of(Pooling.ATTENTION).withNorm(FinalNorm.POOLED)),
            deit.withOutput(OutputConfig.of(Pooling.CLASS_AND_DISTILLATION)))) {
      Pooling pooling = config.output().pooling();
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViTClassifier model = ViTClassifier.create(parameters.root(), config, 3);
      disturb(parameters);
      Path file = folder.resolve("classifier.onnx");
      OnnxExport.write(file, config, parameters, new OnnxExport.Options(0, 3, pooling), NOTES);
      for (int batch = 1; batch < 4; batch++) {
        float[] pixels = pixels(batch, SMALL);
        float[] expected = model.forward(ops, ops.of(pixels, batch, 3, 12, 12)).toFloats();
        Results results = run(file, pixels, SMALL, batch);
        assertArrayEquals(expected, results.values().get("logits"), ROUNDING);
      }
    }
  }

  @Test
  void aFixedBatchIsFixed() {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), SMALL);
    Path file = folder.resolve("net.onnx");
    OnnxExport.write(
        file, SMALL, parameters, new OnnxExport.Options(2, 0, Pooling.CLASS_TOKEN), NOTES);
    assertThrows(OrtException.class, () -> run(file, pixels(1, SMALL), SMALL, 1));
  }

  @Test
  void metadataSaysHowToUseAClassifier() throws OrtException {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViTConfig config = SMALL.withNormEps(1e-3);
    ViTClassifier.create(parameters.root(), config, Pooling.MEAN_PATCHES, 2);
    Path file = folder.resolve("classifier.onnx");
    ExportNotes notes =
        new ExportNotes(
            Preprocessing.centerCrop(12, 0.75, ChannelStats.half(3)),
            List.of("cat", "élan"),
            Map.of("license", "MIT", "pixels", "{}"));
    OnnxExport.Options options = new OnnxExport.Options(0, 2, Pooling.MEAN_PATCHES);
    OnnxExport.write(file, config, parameters, options, notes);
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      Map<String, String> metadata = session.getMetadata().getCustomMetadata();
      assertEquals("[\"cat\",\"élan\"]", metadata.get("labels"));
      assertEquals("MIT", metadata.get("license"));
      assertEquals("MEAN_PATCHES", metadata.get("pooling"));
      assertEquals(
          "{\"size\":12,\"shortest_edge\":16,\"resample\":\"bicubic\","
              + "\"mean\":[0.5,0.5,0.5],\"std\":[0.5,0.5,0.5]}",
          metadata.get("preprocessing"));
      assertEquals(config, ConfigMetadata.read(metadata.get("vit")));
      assertEquals("softmax", metadata.get("probability"));
      assertEquals(6, metadata.size());
    }
  }
}

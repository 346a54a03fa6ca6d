package io.github.maskalign.vit.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.LazyStorage;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.PretrainedViT;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.classifier.ClassifierCard;
import io.github.maskalign.vit.weights.classifier.ClassifierFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights so large that they stay in their file until first use, unlike those of other tests. */
class LargeWeightsTest {

  private static final int WIDTH = 256;
  private static final int CLASSES = 80;
  private static final ViTConfig CONFIG =
      ViTConfig.of(64, 4, WIDTH, 1, 4).withPositions(PositionEmbedding.LEARNED).withNormEps(1e-12);

  @TempDir private Path folder;
  private final Backends.Choice choice = Backends.open("cpu", BackendOptions.defaults());
  private final Scope scope = Scope.root(choice.backend(), "test");
  private final Parameters parameters = Parameters.initialized(scope, DType.F32, 1);

  @AfterEach
  void close() {
    scope.close();
    choice.close();
  }

  private static Picture picture(int side) {
    byte[] pixels = new byte[3 * side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 31 ^ i >> 3);
    }
    return Picture.of(pixels, 3, side, side);
  }

  private float[] logits(ImageClassifier network, Classifier loaded, int side) {
    try (Scope inner = scope.child("expected")) {
      Ops ops = inner.ops();
      float[] pixels = loaded.preprocessing().apply(picture(side));
      return network.forward(ops, ops.of(pixels, 1, 3, side, side)).toFloats();
    }
  }

  private void sameLogits(ImageClassifier network, Path model) {
    try (Classifier classifier = Classifier.load(model)) {
      assertEquals(CLASSES, classifier.classes().size());
      float[] logits = classifier.logits(picture(64));
      assertArrayEquals(logits(network, classifier, 64), logits, 1e-5f);
      assertArrayEquals(logits, classifier.logits(picture(64)));
    }
  }

  /** Whether the head and the other matrices are read on first use. */
  private void requireLazy(Path model) {
    try (Scope inner = scope.child("lazy");
        NetworkFile file = NetworkFile.open(model)) {
      Parameters lazy = Parameters.lazy(inner, DType.F32);
      ClassifierFile.of(file).load(lazy);
      for (String name : List.of("head.weight", "blocks.0.attn.qkv.weight", "pos_embed")) {
        assertEquals(LazyStorage.class, lazy.get(name).value().storage().getClass(), name);
      }
    }
  }

  @Test
  void aHeadOfOurOwnIsLoaded() {
    ImageClassifier network =
        ViTClassifier.create(parameters.root(), CONFIG, Pooling.CLASS_TOKEN, CLASSES);
    List<String> names = IntStream.range(0, CLASSES).mapToObj(i -> "class " + i).toList();
    Path model = folder.resolve("model.safetensors");
    Weights.save(
        model,
        parameters,
        new ClassifierCard(ClassifierCard.Head.CLS, names).metadata(ChannelStats.imageNet()));
    requireLazy(model);
    sameLogits(network, model);
  }

  @Test
  void aHeadOfTimmIsLoaded() throws IOException {
    ViTConfig timm = CONFIG.withNormEps(1e-6);
    ImageClassifier network =
        ViTClassifier.create(parameters.root(), timm, Pooling.CLASS_TOKEN, CLASSES);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    parameters.all().forEach(p -> writer.add(p.name(), p.value().shape(), p.value().toFloats()));
    writer.write(folder.resolve("model.safetensors"));
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architecture": "vit_base_patch16_224", "num_classes": %d, "global_pool": "token",
         "model_args": {"img_size": 64, "patch_size": 4, "embed_dim": %d, "depth": 1, "num_heads": 4},
         "pretrained_cfg": {"input_size": [3, 64, 64], "num_classes": %d}}
        """
            .formatted(CLASSES, WIDTH, CLASSES));
    requireLazy(folder);
    sameLogits(network, folder);
  }

  @Test
  void aValueThatIsNotFiniteIsNamedOnFirstUse() {
    ViTClassifier.create(parameters.root(), CONFIG, Pooling.CLASS_TOKEN, CLASSES);
    Map<String, float[]> values = new HashMap<>();
    parameters.all().forEach(p -> values.put(p.name(), p.value().toFloats()));
    for (String key : List.of("head.weight", "blocks.0.mlp.fc1.weight")) {
      float[] changed = values.get(key).clone();
      changed[changed.length / 2] = Float.NaN;
      SafeTensorsWriter writer = new SafeTensorsWriter();
      parameters
          .all()
          .forEach(
              p ->
                  writer.add(
                      p.name(),
                      p.value().shape(),
                      p.name().equals(key) ? changed : values.get(p.name())));
      Path model = folder.resolve(key + ".safetensors");
      writer.write(model);
      try (Classifier classifier = Classifier.load(model)) {
        String said =
            assertThrows(FormatException.class, () -> classifier.classify(picture(64), 1))
                .getMessage();
        assertTrue(said.startsWith(model + ": '" + key + "' has the value NaN"), said);
      }
    }
  }

  @Test
  void aHeadOfTransformersIsLoaded() throws IOException {
    ImageClassifier network =
        ViTClassifier.create(parameters.root(), CONFIG, Pooling.CLASS_TOKEN, CLASSES);
    writeTransformers();
    requireLazy(folder);
    sameLogits(network, folder);
  }

  /** A table of positions that is resampled is read when the network is loaded. */
  @Test
  void positionsOfAnotherSizeAreResampled() throws IOException {
    ViTClassifier.create(parameters.root(), CONFIG, Pooling.CLASS_TOKEN, CLASSES);
    writeTransformers();
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        """
        {"image_processor_type": "ViTImageProcessor", "size": {"height": 48, "width": 48}}
        """);
    EmbedderOptions options = EmbedderOptions.defaults().withUnitLength(false);
    try (Embedder embedder = Embedder.load(folder, options);
        NetworkFile file = NetworkFile.open(folder)) {
      PretrainedViT eager = PretrainedViT.load(scope, file);
      assertEquals(48, eager.network().config().imageSize().height());
      Ops ops = scope.ops();
      float[] pixels = eager.preprocessing().apply(picture(48));
      float[] expected =
          eager.network().features(ops, ops.of(pixels, 1, 3, 48, 48), null).toFloats();
      assertArrayEquals(expected, embedder.embed(picture(48)), 1e-5f);
    }
  }

  /** With queries, keys and values apart, which are joined. */
  private void writeTransformers() throws IOException {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    Map<String, String> layers =
        Map.of(
            "patch_embed.proj", "vit.embeddings.patch_embeddings.projection",
            "blocks.0.norm1", "vit.encoder.layer.0.layernorm_before",
            "blocks.0.norm2", "vit.encoder.layer.0.layernorm_after",
            "blocks.0.attn.proj", "vit.encoder.layer.0.attention.output.dense",
            "blocks.0.mlp.fc1", "vit.encoder.layer.0.intermediate.dense",
            "blocks.0.mlp.fc2", "vit.encoder.layer.0.output.dense",
            "norm", "vit.layernorm",
            "head", "classifier");
    for (String part : List.of("weight", "bias")) {
      layers.forEach((own, theirs) -> add(writer, theirs + "." + part, own + "." + part));
      float[] joined = values("blocks.0.attn.qkv." + part);
      List<String> names = List.of("query", "key", "value");
      int each = joined.length / 3;
      for (int i = 0; i < 3; i++) {
        String name = "vit.encoder.layer.0.attention.attention." + names.get(i) + "." + part;
        Shape shape = part.equals("bias") ? Shape.of(WIDTH) : Shape.of(WIDTH, WIDTH);
        writer.add(name, shape, Arrays.copyOfRange(joined, i * each, (i + 1) * each));
      }
    }
    add(writer, "vit.embeddings.cls_token", "cls_token");
    add(writer, "vit.embeddings.position_embeddings", "pos_embed");
    writer.write(folder.resolve("model.safetensors"));
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "vit", "image_size": 64, "patch_size": 4, "hidden_size": %d,
         "num_hidden_layers": 1, "num_attention_heads": 4, "intermediate_size": %d}
        """
            .formatted(WIDTH, 4 * WIDTH));
  }

  private float[] values(String parameter) {
    return parameters.get(parameter).value().toFloats();
  }

  private void add(SafeTensorsWriter writer, String name, String parameter) {
    writer.add(name, parameters.get(parameter).value().shape(), values(parameter));
  }
}

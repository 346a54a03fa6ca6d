package io.github.maskalign.vit.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.TokenMerging;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.embed.EmbedderOptions.Output;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.search.ModelDigest;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.processor.ImageBackend;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmbedderTest {

  /** The configuration is inferred from the weights, which requires heads of 64 channels. */
  private static final ViTConfig CONFIG = ViTConfig.of(32, 16, 64, 3, 1);

  private static final EmbedderOptions PLAIN =
      EmbedderOptions.defaults().withBackend("reference").withUnitLength(false);

  @TempDir private Path folder;
  private final Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
  private final Scope scope = Scope.root(choice.backend(), "test");
  private final Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
  private final ViT network = ViT.create(parameters.root(), CONFIG);
  private Path model;

  @BeforeEach
  void write() {
    model = folder.resolve("model.safetensors");
    Weights.save(model, parameters, Map.of());
  }

  @AfterEach
  void close() {
    scope.close();
    choice.close();
  }

  private static BufferedImage image(long seed, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    Philox random = Philox.of(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.bits((long) y * width + x));
      }
    }
    return image;
  }

  private static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  /** The output of the network itself. */
  private float[] expected(Output output, int level, Preprocessing preprocessing, Picture picture) {
    try (Scope inner = scope.child("expected")) {
      Ops ops = inner.ops();
      Tensor images = ops.of(preprocessing.apply(picture), 1, 3, 32, 32);
      Tensor raw =
          network.forward(ops, images, ForwardRequest.plain().withAllLevels()).levels().get(level);
      float[] seen = network.normalized(ops, raw).toFloats();
      float[] first = Arrays.copyOf(seen, 64);
      float[] mean = new float[64];
      for (int i = 64; i < seen.length; i++) {
        mean[i % 64] += seen[i] / 4;
      }
      return switch (output) {
        case POOLED, CLASS_TOKEN -> first;
        case MEAN_PATCHES -> mean;
        case CLASS_AND_MEAN -> {
          float[] both = Arrays.copyOf(first, 128);
          System.arraycopy(mean, 0, both, 64, 64);
          yield both;
        }
        case PATCH_TOKENS -> Arrays.copyOfRange(seen, 64, seen.length);
        case PROJECTED -> throw new IllegalArgumentException();
      };
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PROJECTED")
  void anEmbeddingIsWhatTheNetworkSays(Output output) throws IOException {
    BufferedImage image = image(3, 50, 40);
    for (int level : new int[] {-1, 1}) {
      try (Embedder embedder = Embedder.load(model, PLAIN.withOutput(output).withLevel(level))) {
        float[] expected =
            expected(output, level < 0 ? 2 : level, embedder.preprocessing(), Picture.of(image));
        assertEquals(expected.length, embedder.width());
        assertArrayEquals(expected, embedder.embed(image), 1e-5f);
        Path file = Files.write(folder.resolve("picture.png"), png(image));
        assertArrayEquals(expected, embedder.embed(file), 1e-5f);
        assertArrayEquals(expected, embedder.embed(png(image)), 1e-5f);
        assertArrayEquals(expected, embedder.embed(new ByteArrayInputStream(png(image))), 1e-5f);
      }
    }
  }

  @Test
  void embeddingsHaveUnitLengthUnlessToldOtherwise() {
    try (Embedder embedder = Embedder.load(model, PLAIN.withUnitLength(true))) {
      double squares = 0;
      for (float value : embedder.embed(image(1, 32, 32))) {
        squares += value * value;
      }
      assertEquals(1, squares, 1e-5);
    }
  }

  @Test
  void concurrentCallersGetWhatEachWouldGetAlone() throws Exception {
    try (Embedder embedder = Embedder.load(model, PLAIN.withBackend("auto"));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<float[]> alone = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        alone.add(embedder.embed(image(i, 30 + i, 40)));
      }
      List<Future<float[]>> together = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int number = i;
        together.add(callers.submit(() -> embedder.embed(image(number, 30 + number, 40))));
      }
      for (int i = 0; i < 40; i++) {
        assertArrayEquals(alone.get(i), together.get(i).get(), 1e-5f);
      }
    }
  }

  @Test
  void aBadPictureIsTheCallersAndHarmsNobody() throws IOException {
    try (Embedder embedder = Embedder.load(model, PLAIN)) {
      byte[] cut = Arrays.copyOf(png(image(1, 30, 30)), 100);
      assertThrows(DamagedPictureException.class, () -> embedder.embed(cut));
      Path missing = folder.resolve("missing.png");
      UncheckedIOException named =
          assertThrows(UncheckedIOException.class, () -> embedder.embed(missing));
      assertTrue(named.getMessage().contains("missing.png"), named.getMessage());
      assertEquals(64, embedder.embed(image(1, 30, 30)).length);
    }
  }

  @Test
  void memoryDoesNotCreep() {
    try (Embedder embedder = Embedder.load(model, PLAIN.withBackend("auto"))) {
      Picture picture = Picture.of(image(1, 32, 32));
      for (int i = 0; i < 50; i++) {
        embedder.embed(picture);
      }
      var before = embedder.memory();
      for (int i = 0; i < 500; i++) {
        embedder.embed(picture);
      }
      assertEquals(before, embedder.memory());
    }
  }

  @Test
  void aProjectionHasABiasIfTheFileHas() {
    float[] matrix = new float[2 * 64];
    Philox.of(7).fillNormal(matrix, 0);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    parameters
        .all()
        .forEach(
            p -> writer.add("visual.trunk." + p.name(), p.value().shape(), p.value().toFloats()));
    writer.add("visual.head.proj.weight", Shape.of(2, 64), matrix);
    writer.add("visual.head.proj.bias", Shape.of(2), new float[] {5, -7});
    Path file = folder.resolve("open_clip_model.safetensors");
    writer.write(file);
    BufferedImage picture = image(1, 32, 32);
    try (Embedder pooled = Embedder.load(file, PLAIN);
        Embedder projected = Embedder.load(file, PLAIN.withOutput(Output.PROJECTED))) {
      float[] x = pooled.embed(picture);
      double[] expected = {5, -7};
      for (int i = 0; i < matrix.length; i++) {
        expected[i / 64] += matrix[i] * x[i % 64];
      }
      float[] seen = projected.embed(picture);
      assertEquals(2, projected.width());
      assertEquals(expected[0], seen[0], 1e-4);
      assertEquals(expected[1], seen[1], 1e-4);
    }
  }

  @Test
  void whatCannotBeGivenIsRefusedAtOnce() {
    FormatException projected =
        assertThrows(
            FormatException.class, () -> Embedder.load(model, PLAIN.withOutput(Output.PROJECTED)));
    assertTrue(projected.getMessage().contains("use the pooled output"), projected.getMessage());
    assertThrows(ShapeException.class, () -> Embedder.load(model, PLAIN.withLevel(3)));
    assertThrows(
        FormatException.class, () -> Embedder.load(Files.createFile(folder.resolve("empty"))));
    assertThrows(ArgumentException.class, () -> PLAIN.withLevel(-2));
    assertThrows(ArgumentException.class, () -> PLAIN.withMerge(-1));
    assertThrows(ArgumentException.class, () -> Embedder.load(model, PLAIN.withMerge(3)));
    EmbedderOptions patches = PLAIN.withMerge(1).withOutput(Output.PATCH_TOKENS);
    assertThrows(ShapeException.class, () -> Embedder.load(model, patches));
  }

  @ParameterizedTest
  @EnumSource(names = {"POOLED", "CLASS_TOKEN", "MEAN_PATCHES", "CLASS_AND_MEAN"})
  void embeddingsOfMergedTokens(Output output) {
    TokenMerging merging = new TokenMerging(network, 2);
    EmbedderOptions options = PLAIN.withOutput(output).withLevel(1);
    BufferedImage image = image(3, 32, 32);
    float[] plain;
    try (Embedder embedder = Embedder.load(model, options.withMerge(0))) {
      plain = embedder.embed(image);
    }
    try (Embedder embedder = Embedder.load(model, options.withMerge(2));
        Scope inner = scope.child("expected")) {
      Ops ops = inner.ops();
      float[] pixels = embedder.preprocessing().apply(Picture.of(image));
      TokenMerging.Merged merged = merging.forward(ops, ops.of(pixels, 1, 3, 32, 32), 1);
      Tensor expected =
          output == Output.CLASS_AND_MEAN
              ? merging.classAndMean(ops, merged)
              : merging.pooled(
                  ops,
                  merged,
                  output == Output.MEAN_PATCHES ? Pooling.MEAN_PATCHES : Pooling.CLASS_TOKEN);
      assertArrayEquals(expected.toFloats(), embedder.embed(image), 1e-6f);
      assertFalse(Arrays.equals(plain, embedder.embed(image)));
    }
  }

  @Test
  void afterCloseItSaysSo() {
    Embedder embedder = Embedder.load(model, PLAIN);
    embedder.close();
    embedder.close();
    assertThrows(ClosedException.class, () -> embedder.embed(image(1, 32, 32)));
  }

  @Test
  void aPictureOfTheNetworksSizeIsSeenWholeUnlessAFileTellsOtherwise() throws IOException {
    Picture exact = Picture.of(image(1, 32, 32));
    try (Embedder embedder = Embedder.load(model, PLAIN)) {
      assertEquals(exact, embedder.preprocessing().view(exact));
      assertEquals(Preprocessing.of(32, ChannelStats.imageNet()), embedder.preprocessing());
    }
    Files.writeString(
        folder.resolve("preprocessor_config.json"), "{\"size\": {\"shortest_edge\": 36}}");
    try (Embedder embedder = Embedder.load(model, PLAIN)) {
      assertNotEquals(exact, embedder.preprocessing().view(exact));
    }
  }

  @Test
  void theFilesBesideTheWeightsTellHowPicturesAreSeen() throws IOException {
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        """
        {"size": {"shortest_edge": 48}, "crop_size": {"height": 32, "width": 32},
         "image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.2, 0.2]}
        """);
    try (Embedder embedder = Embedder.load(model, PLAIN)) {
      assertEquals(new ResizeRule.ShortestEdge(48), embedder.preprocessing().resize());
      assertArrayEquals(new double[] {0.5, 0.4, 0.3}, embedder.preprocessing().stats().mean());
    }
    Files.writeString(
        folder.resolve("preprocessor_config.json"), "{\"size\": {\"height\": 32, \"width\": 32}}");
    try (Embedder embedder = Embedder.load(model, PLAIN)) {
      assertEquals(new ResizeRule.Exact(ImageSize.square(32)), embedder.preprocessing().resize());
      assertEquals(3 * 32 * 32, embedder.preprocessing().apply(Picture.of(image(1, 9, 99))).length);
    }
  }

  @Test
  void theImageBackendIsChosenOrToldThatItIsNot() throws IOException {
    ProcessorOptions pillow = ProcessorOptions.defaults().withImageBackend(ImageBackend.PILLOW);
    ProcessorOptions torchvision =
        ProcessorOptions.defaults().withImageBackend(ImageBackend.TORCHVISION);
    try (Embedder own = Embedder.load(model, PLAIN.withProcessing(torchvision))) {
      assertTrue(own.notes().getLast().contains("as by Pillow"), own.notes().toString());
    }
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        "{\"image_processor_type\": \"ViTImageProcessor\", \"size\": 32}");
    Path file = folder.resolve("it.png");
    Files.write(file, png(image(1, 70, 90)));
    try (Embedder usual = Embedder.load(model, PLAIN);
        Embedder same = Embedder.load(model, PLAIN.withProcessing(torchvision));
        Embedder other = Embedder.load(model, PLAIN.withProcessing(pillow))) {
      assertArrayEquals(usual.embed(file), same.embed(file));
      assertFalse(Arrays.equals(usual.embed(file), other.embed(file)));
      assertTrue(other.notes().isEmpty(), other.notes().toString());
    }
    assertNotEquals(
        ModelDigest.of(model, PLAIN), ModelDigest.of(model, PLAIN.withProcessing(pillow)));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows does not truncate a mapped file")
  void weightsThatAreCutWhileInUseAreNamed() throws IOException {
    for (boolean used : new boolean[] {false, true}) {
      Path weights = folder.resolve("cut-" + used + ".safetensors");
      Files.copy(model, weights);
      try (Embedder embedder = Embedder.load(weights, PLAIN)) {
        if (used) {
          embedder.embed(image(1, 30, 30));
        }
        try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
          channel.truncate(100);
        }
        try {
          embedder.embed(image(1, 30, 30));
          assertTrue(used, "weights that were never read cannot be known");
        } catch (FormatException e) {
          assertTrue(e.getMessage().startsWith(weights + " was truncated"), e.getMessage());
        }
      }
    }
  }
}

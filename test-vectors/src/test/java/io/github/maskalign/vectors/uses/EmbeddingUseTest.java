package io.github.maskalign.vectors.uses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.embed.EmbedderOptions.Output;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.preprocess.PixelValues;
import io.github.maskalign.vit.pair.ImageTextModel;
import io.github.maskalign.vit.weights.PairFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services and commands compute what the networks that are held against vectors compute. */
class EmbeddingUseTest {

  private static final Path MODELS = Path.of("networks", "models").toAbsolutePath();
  private static final EmbedderOptions RAW =
      EmbedderOptions.defaults().withUnitLength(false).withThreads(1);

  @TempDir private Path folder;

  /** Image towers of networks with texts, as {@code Clip} uses them. */
  @TestFactory
  Stream<DynamicTest> towersOfPairs() throws IOException {
    Path image = Pictures.first(Pictures.write(folder.resolve("images")));
    List<Path> pairs;
    try (Stream<Path> models = Files.list(MODELS)) {
      pairs = models.filter(EmbeddingUseTest::isPair).sorted().toList();
    }
    assertTrue(pairs.size() > 20, pairs::toString);
    return pairs.stream()
        .map(
            model ->
                DynamicTest.dynamicTest(
                    model.getFileName().toString(), () -> sameFeatures(model, image)));
  }

  /** Of NaFlex, see {@link AnyShapeTest}. */
  private static boolean isPair(Path model) {
    if (model.endsWith("siglip2_naflex")) {
      return false;
    }
    try (PairFile pair = PairFile.open(model)) {
      return pair.config() != null;
    } catch (FormatException e) {
      return false;
    }
  }

  private static void sameFeatures(Path model, Path image) {
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test");
        PairFile pair = PairFile.open(model)) {
      Output output = pair.config().projection() == null ? Output.POOLED : Output.PROJECTED;
      try (Embedder embedder = Embedder.load(model, RAW.withOutput(output))) {
        PixelValues seen = embedder.preprocessing().prepare(PictureDecoder.open().decode(image));
        ImageSize size = new ImageSize(seen.height(), seen.width());
        ImageTextModel both =
            pair.withImageSize(size).load(Parameters.uninitialized(scope, DType.F32));
        Ops ops = scope.ops();
        var pixels = ops.of(seen.values(), 1, seen.channels(), seen.height(), seen.width());
        float[] expected = both.imageFeatures(ops, pixels).toFloats();
        assertEquals(pair.config().texts().length(), embedder.width());
        assertArrayEquals(expected, embedder.embed(image), 1e-4f);
      }
    }
  }

  /** The features that {@code knn} compares are of the whole preprocessing that the files state. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        {"image_processor_type": "ViTImageProcessor", "size": {"height": 20, "width": 20}}""",
        """
        {"image_processor_type": "DINOv3ViTImageProcessorFast", "size": {"height": 20, "width": 20}}""",
        """
        {"image_processor_type": "CLIPImageProcessorPil", "size": {"shortest_edge": 30},
         "crop_size": {"height": 20, "width": 20}, "image_mean": [0.1, 0.2, 0.3]}"""
      })
  void featuresAreThoseOfTheEmbedder(String processor) throws IOException {
    Path images = Pictures.write(folder.resolve("images"));
    Path model = Files.createDirectories(folder.resolve("model"));
    try (Stream<Path> files = Files.list(MODELS.resolve("dino_form"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Files.writeString(model.resolve("preprocessor_config.json"), processor);
    Path out = folder.resolve("features.csv");
    assertEquals(
        "",
        Commands.failure(
            "features", "--weights=" + model, "--data=" + images, "--out=" + out, "--threads=1"));
    try (Embedder embedder = Embedder.load(model, RAW.withOutput(Output.CLASS_AND_MEAN))) {
      for (String line : Files.readAllLines(out).subList(1, 5)) {
        String[] cells = line.split(",");
        float[] expected = embedder.embed(images.resolve(cells[0]));
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], Float.parseFloat(cells[i + 3]), 1e-5f, cells[0]);
        }
      }
    }
  }
}

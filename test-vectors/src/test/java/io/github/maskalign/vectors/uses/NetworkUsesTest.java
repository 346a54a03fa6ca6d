package io.github.maskalign.vectors.uses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.embed.EmbedderOptions.Output;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every published network in every use. */
class NetworkUsesTest {

  private static final Path MODELS = Path.of("networks", "models").toAbsolutePath();
  private static final Path FAMILIES = Path.of("families", "models").toAbsolutePath();

  /** A text tower alone. */
  private static final String TEXTS = "clip_text_bare";

  @TempDir private Path folder;

  /** One network of each kind. */
  @TestFactory
  Stream<DynamicTest> kinds() throws IOException {
    return uses(
        List.of(
            "dino_form", // class token
            "dinov3_form", // registers, rotary positions
            "deit_distilled_form", // distillation token
            "siglip_loss", // attention pooling
            "timm_vit_gap", // mean pooling, no class token
            "ijepa_form", // no class token
            "timm_vit_rect", // not square
            "vit_in21k_form", // pooler
            "open_clip_coca", // learned queries
            "siglip2_naflex"));
  }

  /** SigLIP's published networks have images of 384 pixels and patches of 14. */
  @TestFactory
  Stream<DynamicTest> imagesThatAreNoWholePatches() throws IOException {
    Path models = folder.resolve("models");
    copy(
        "siglip_loss",
        models.resolve("odd"),
        config -> config.replace("\"image_size\": 12", "\"image_size\": 15"));
    return uses(models, List.of("odd"));
  }

  /** Copies a network with another configuration. */
  private static void copy(String name, Path model, UnaryOperator<String> change)
      throws IOException {
    Path original = MODELS.resolve(name);
    Files.createDirectories(model);
    Files.copy(original.resolve("model.safetensors"), model.resolve("model.safetensors"));
    String config = Files.readString(original.resolve("config.json"));
    String changed = change.apply(config);
    assertNotEquals(config, changed);
    Files.writeString(model.resolve("config.json"), changed);
  }

  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> all() throws IOException {
    return Stream.concat(uses(MODELS, images(MODELS)), uses(FAMILIES, images(FAMILIES)));
  }

  /** The networks of a folder, without text towers alone. */
  private static List<String> images(Path models) throws IOException {
    try (Stream<Path> folders = Files.list(models)) {
      return folders
          .filter(NetworkUsesTest::hasImageTower)
          .map(model -> model.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static boolean hasImageTower(Path model) {
    try (NetworkFile file = NetworkFile.open(model)) {
      return file.config().depth() > 0;
    } catch (FormatException e) {
      assertTrue(e.getMessage().contains("a text tower alone"), e.getMessage());
      return false;
    }
  }

  private Stream<DynamicTest> uses(List<String> names) throws IOException {
    return uses(MODELS, names);
  }

  private Stream<DynamicTest> uses(Path models, List<String> names) throws IOException {
    Path images = Pictures.write(folder.resolve("images"));
    return names.stream()
        .flatMap(
            name ->
                Stream.concat(
                    Arrays.stream(Use.values())
                        .filter(use -> use != Use.MASK || patches(models.resolve(name)) > 1)
                        .map(
                            use ->
                                test(
                                    name,
                                    use.name(),
                                    () -> command(use, models.resolve(name), images))),
                    Stream.of(
                        test(name, "embeddings", () -> embeddings(models.resolve(name), images)))));
  }

  /** A single patch cannot be masked. */
  private static int patches(Path model) {
    try (NetworkFile file = NetworkFile.open(model)) {
      return file.config().patches();
    }
  }

  private static DynamicTest test(String network, String use, Runnable body) {
    return DynamicTest.dynamicTest(network + ", " + use, body::run);
  }

  private void command(Use use, Path model, Path images) {
    Path out = folder.resolve(model.getFileName() + "-" + use);
    assertEquals("", Commands.failure(use.arguments(model, images, out)));
  }

  /** Each output that the network has, of images of different shapes. */
  private static void embeddings(Path model, Path images) {
    for (Output output : outputs(model)) {
      EmbedderOptions options = EmbedderOptions.defaults().withOutput(output).withThreads(1);
      try (Embedder embedder = Embedder.load(model, options)) {
        float[] wide = embedder.embed(Pictures.first(images));
        float[] tall = embedder.embed(Pictures.second(images));
        assertEquals(embedder.width(), wide.length, output.name());
        assertEquals(1, norm(wide), 1e-4, output.name());
        assertNotEquals(Arrays.toString(wide), Arrays.toString(tall), output.name());
      }
    }
  }

  @Test
  void aNetworkThatDoesNotPoolIsEmbeddedByItsClassToken() throws IOException {
    Path image = Pictures.first(Pictures.write(folder.resolve("images")));
    Path model = folder.resolve("model");
    copy(
        "timm_vit_token",
        model,
        config -> config.replaceAll("\"global_pool\": \"[a-z]*\"", "\"global_pool\": \"\""));
    EmbedderOptions options = EmbedderOptions.defaults();
    try (Embedder pooled = Embedder.load(model);
        Embedder token = Embedder.load(model, options.withOutput(Output.CLASS_TOKEN))) {
      assertEquals(token.width(), pooled.width());
      assertArrayEquals(token.embed(image), pooled.embed(image));
    }
  }

  @Test
  void aTextTowerAloneIsRefusedAsSuch() {
    String text = MODELS.resolve(TEXTS).toString();
    String failure = Commands.failure("export", text, "--format=onnx", "--output=" + folder);
    assertTrue(failure.contains("'clip_text_model' is a text tower alone"), failure);
  }

  @Test
  void theTimmExportOfARectangularNetworkHasItsPreprocessing() {
    Path model = MODELS.resolve("timm_vit_rect");
    Path out = folder.resolve("timm");
    String written = Commands.failure("export", model + "", "--format=timm", "--output=" + out);
    assertEquals("", written);
    assertEquals(preprocessing(model), preprocessing(out));
  }

  private static Preprocessing preprocessing(Path model) {
    try (NetworkFile file = NetworkFile.open(model)) {
      return ModelCard.of(file).preprocessing();
    }
  }

  private static List<Output> outputs(Path model) {
    try (NetworkFile file = NetworkFile.open(model)) {
      ViTConfig config = file.config();
      boolean classToken = config.tokens().classToken();
      boolean projection = file.projection().isPresent();
      return Arrays.stream(Output.values())
          .filter(
              output ->
                  switch (output) {
                    case CLASS_TOKEN, CLASS_AND_MEAN -> classToken;
                    case PROJECTED -> projection;
                    case POOLED, MEAN_PATCHES, PATCH_TOKENS -> true;
                  })
          .toList();
    }
  }

  private static double norm(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }
}

package io.github.maskalign.vectors.uses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.ClipOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code Clip} gives texts to a tower as transformers does: whether padding is masked, its side and
 * its length are what tokenizer_config.json says. The numbers are those of {@code
 * oracle/text_masks.py}.
 */
class TextUseTest {

  private static final Path NETWORKS = Path.of("src", "test", "resources", "texts");
  private static final Path TOKENIZERS = Path.of("inputs", "tokenizer", "folders");
  private static final float ROUNDING = 2e-5f;

  @TempDir private Path folder;
  private final ObjectMapper json = new ObjectMapper();

  @TestFactory
  Stream<DynamicTest> embeddings() throws IOException {
    JsonNode content = json.readTree(NETWORKS.resolve("cases.json").toFile());
    List<String> texts = content.path("texts").valueStream().map(JsonNode::asText).toList();
    List<JsonNode> cases = content.path("cases").valueStream().toList();
    assertTrue(cases.size() > 20, "cases: " + cases.size());
    return IntStream.range(0, cases.size())
        .boxed()
        .flatMap(
            i ->
                Stream.of("reference", "cpu")
                    .map(backend -> test(cases.get(i), i + "-" + backend, texts, backend)));
  }

  private DynamicTest test(JsonNode given, String name, List<String> texts, String backend) {
    return DynamicTest.dynamicTest(
        "%s %s %s %s"
            .formatted(
                given.path("folder").asText(),
                given.path("tokenizer").asText(),
                given.path("tokenizer_config"),
                backend),
        () -> same(given, folder.resolve(name), texts, backend));
  }

  private void same(JsonNode given, Path place, List<String> texts, String backend)
      throws IOException {
    Files.createDirectories(place);
    copy(NETWORKS.resolve(given.path("folder").asText()), place);
    copyTokenizer(given, place);
    ClipOptions options =
        ClipOptions.defaults().withBackend(backend).withThreads(1).withTruncation(true);
    try (Clip clip = Clip.load(place, options)) {
      List<float[]> together = clip.embed(texts);
      for (int i = 0; i < texts.size(); i++) {
        float[] expected = floats(given.path("embeddings").get(i));
        assertArrayEquals(expected, together.get(i), ROUNDING, texts.get(i));
        assertArrayEquals(expected, clip.embed(texts.get(i)), ROUNDING, texts.get(i));
      }
    }
  }

  private void copyTokenizer(JsonNode given, Path place) throws IOException {
    Path tokenizer = TOKENIZERS.resolve(given.path("tokenizer").asText());
    for (String name : List.of("spiece.model", "tokenizer.json", "special_tokens_map.json")) {
      if (Files.exists(tokenizer.resolve(name))) {
        Files.copy(tokenizer.resolve(name), place.resolve(name));
      }
    }
    ObjectNode config =
        (ObjectNode) json.readTree(tokenizer.resolve("tokenizer_config.json").toFile());
    given
        .path("tokenizer_config")
        .propertyStream()
        .forEach(
            entry -> {
              config.set(entry.getKey(), entry.getValue());
              if (entry.getValue().isNull()) {
                config.remove(entry.getKey());
              }
            });
    json.writeValue(place.resolve("tokenizer_config.json").toFile(), config);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static float[] floats(JsonNode row) {
    float[] values = new float[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) row.get(i).doubleValue();
    }
    return values;
  }
}

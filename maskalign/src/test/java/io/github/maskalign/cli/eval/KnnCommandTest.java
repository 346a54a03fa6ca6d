package io.github.maskalign.cli.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.cli.train.Ran;
import io.github.maskalign.teacher.EmbeddedTeacher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnnCommandTest {

  private static final List<String> IMAGES =
      List.of("--data=fashion-mnist[:300]", "--eval-data=fashion-mnist[300:400]");

  @TempDir private Path folder;

  private Ran knn(String... options) {
    return Ran.command(
        new KnnCommand(),
        Stream.concat(IMAGES.stream(), Stream.of(options)).toArray(String[]::new));
  }

  private JsonNode result(String... options) throws IOException {
    Path out = folder.resolve("result.json");
    Ran ran =
        knn(Stream.concat(Stream.of("--out=" + out), Stream.of(options)).toArray(String[]::new));
    assertEquals(0, ran.status(), ran.error());
    JsonNode result = new ObjectMapper().readTree(out.toFile());
    assertEquals(300, result.get("gallery").asInt());
    assertEquals(100, result.get("images").asInt());
    assertTrue(
        ran.out().contains("k-NN: top-1 %.2f %%".formatted(100 * result.get("knn").asDouble())),
        ran.out());
    assertEquals(
        result.hasNonNull("linear"), ran.out().contains("linear classifier: top-1 "), ran.out());
    return result;
  }

  @Test
  void aTeacherIsBetterThanRandomWeightsAndPixels() throws IOException {
    Path weights = folder.resolve("teacher.safetensors");
    EmbeddedTeacher.copyTo(weights);
    JsonNode teacher = result("--weights=" + weights, "--linear");
    JsonNode random = result("--model=32x2x2", "--image-size=28", "--patch-size=7", "--linear");
    JsonNode pixels = result("--image-size=28", "--linear", "--k=5");
    assertEquals(weights.toString(), teacher.get("features").asText());
    assertEquals("random weights of 32x2x2", random.get("features").asText());
    assertEquals("pixels", pixels.get("features").asText());
    assertEquals(5, pixels.get("k").asInt());
    for (String score : List.of("knn", "linear")) {
      assertTrue(teacher.get(score).asDouble() > pixels.get(score).asDouble(), score);
      assertTrue(pixels.get(score).asDouble() > 0.5, score);
      assertTrue(random.get(score).asDouble() > 0.3, score);
    }
    assertFalse(result("--image-size=28").hasNonNull("linear"));
  }

  @Test
  void theSeedChoosesTheRandomWeights() throws IOException {
    List<String> first = List.of("--model=32x1x2", "--image-size=28", "--patch-size=7", "--linear");
    String[] again = first.toArray(String[]::new);
    assertEquals(result(again), result(again));
    String[] other = Stream.concat(first.stream(), Stream.of("--seed=1")).toArray(String[]::new);
    assertFalse(result(again).equals(result(other)));
  }

  @ParameterizedTest
  @CsvSource({
    "--weights=a --model=tiny, '--model: only without --weights, which have their own size'",
    "--patch-size=7, --patch-size: only with --model",
    "--model=tiny --image-size=28, 'must be a multiple of the patch size, 16'",
    "--model=huge9, --model: unknown size 'huge9'"
  })
  void optionsThatDoNotFitAreRefused(String options, String message) {
    Ran ran = knn(options.split(" "));
    assertEquals(2, ran.status());
    assertTrue(ran.error().contains(message), ran.error());
  }
}

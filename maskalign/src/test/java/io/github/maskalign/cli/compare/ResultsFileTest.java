package io.github.maskalign.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFileTest {

  @TempDir private Path folder;

  private static TrialResult result(String variant, long seed, double score) {
    return new TrialResult(
        variant,
        seed,
        Map.of("mask", "random"),
        List.of(new TrialResult.Point(1, 2.5, score / 2), new TrialResult.Point(2, 5, score)),
        100,
        Map.of("probe", score + 1));
  }

  @Test
  void whatIsAppendedIsRead() {
    ResultsFile file = new ResultsFile(folder.resolve("results.jsonl"));
    assertEquals(List.of(), file.read());
    file.append(result("a", 1, 50));
    file.append(result("b \"quoted\"", 2, 60));
    assertEquals(List.of(result("a", 1, 50), result("b \"quoted\"", 2, 60)), file.read());
  }

  @Test
  void aLineThatACrashCutOffIsReplaced() throws IOException {
    ResultsFile file = new ResultsFile(folder.resolve("results.jsonl"));
    file.append(result("a", 1, 50));
    Files.writeString(file.path(), "{\"variant\":\"\u00e4", StandardOpenOption.APPEND);
    assertEquals(List.of(result("a", 1, 50)), file.read());
    file.append(result("a", 2, 51));
    assertEquals(List.of(result("a", 1, 50), result("a", 2, 51)), file.read());
  }

  @Test
  void anotherFileIsRefusedByItsLine() throws IOException {
    ResultsFile file = new ResultsFile(folder.resolve("results.jsonl"));
    file.append(result("a", 1, 50));
    Files.writeString(file.path(), "{\"step\":1}\n", StandardOpenOption.APPEND);
    FormatException refused = assertThrows(FormatException.class, file::read);
    assertTrue(refused.getMessage().contains("line 2"), refused.getMessage());
  }

  @Test
  void infinitiesAreRead() {
    ResultsFile file = new ResultsFile(folder.resolve("results.jsonl"));
    TrialResult diverged =
        new TrialResult(
            "a",
            1,
            Map.of(),
            List.of(new TrialResult.Point(1, 2, Double.NaN)),
            Double.POSITIVE_INFINITY,
            Map.of("probe", Double.NaN));
    file.append(diverged);
    assertEquals(List.of(diverged), file.read());
  }

  /** Each line is refused whole, with its number and the reason. */
  @Test
  void aDamagedLineIsRefused() throws IOException {
    ResultsFile file = new ResultsFile(folder.resolve("results.jsonl"));
    file.append(result("a", 1, 50));
    String line = Files.readString(file.path());
    Map<String, String> damages =
        Map.of(
            "not JSON: Duplicate", line.replace("\"seed\":1", "\"seed\":1,\"seed\":2"),
            "not JSON: ", line.replace("}\n", "} {}\n"),
            "String", line.replace("\"seed\":1", "\"seed\":\"1\""),
            "Cannot map `null`", line.replace("\"seed\":1", "\"seed\":null"),
            "a required value of TrialResult is null", line.replace("\"a\"", "null"),
            "not a JSON object", "\n");
    for (Map.Entry<String, String> damage : damages.entrySet()) {
      Files.writeString(file.path(), line + damage.getValue());
      String message = assertThrows(FormatException.class, file::read).getMessage();
      assertTrue(message.startsWith(file.path() + ", line 2: "), message);
      assertTrue(message.contains(damage.getKey()), message);
    }
  }

  @Test
  void aTrialWithoutAScoreIsNoResult() {
    assertThrows(
        ArgumentException.class, () -> new TrialResult("a", 1, Map.of(), List.of(), 1, Map.of()));
  }
}

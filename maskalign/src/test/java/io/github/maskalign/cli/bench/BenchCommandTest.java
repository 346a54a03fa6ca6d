package io.github.maskalign.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.cli.Command;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BenchCommandTest {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void theCommandLineFindsIt() {
    assertTrue(
        ServiceLoader.load(Command.class).stream()
            .anyMatch(provider -> provider.type() == BenchCommand.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void measuresWhatIsAskedFor(String backend) throws IOException {
    Path file = folder.resolve("bench.json");
    Path before = Files.writeString(folder.resolve("before.json"), "before");
    Files.createLink(file, before);
    int status =
        run(
            "--backend",
            backend,
            "--threads",
            "1",
            "--only",
            "softmax*",
            "--seconds",
            "0.05",
            "--json",
            file.toString());
    assertEquals(0, status, err::toString);
    assertEquals("before", Files.readString(before), "a new file, not written in place");
    JsonNode json = new ObjectMapper().readTree(Files.readString(file));
    assertTrue(json.path("backend").asText().startsWith("Backend: " + backend), json::toString);
    assertEquals(1, json.path("threads").intValue());
    assertEquals(0.05, json.path("seconds").doubleValue());
    assertEquals(
        List.of("softmax/60", "softmax/197"), json.path("results").findValuesAsText("name"));
    for (JsonNode result : json.path("results")) {
      double median = result.path("median_seconds").doubleValue();
      assertTrue(0 < result.path("best_seconds").doubleValue(), json::toString);
      assertTrue(result.path("best_seconds").doubleValue() <= median, json::toString);
      assertTrue(result.path("calls").intValue() >= result.path("samples").intValue());
      assertTrue(result.path("samples").intValue() >= 3, json::toString);
      assertTrue(result.path("pool_bytes").longValue() > 8L * 9456 * 60, json::toString);
      assertEquals(0, result.path("pool_growth_bytes").doubleValue());
      assertTrue(result.path("heap_bytes").doubleValue() > 0, json::toString);
      assertTrue(result.path("flops").isNull() && result.path("images_per_second").isNull());
    }
    double bytes = json.path("results").path(0).path("bytes_per_second").doubleValue();
    double seconds = json.path("results").path(0).path("median_seconds").doubleValue();
    assertEquals(8.0 * 11520 * 60, bytes * seconds, 1e-3);
    boolean peakIsKnown = json.path("product").path("peak_flops").isNumber();
    assertEquals(backend.equals("cpu"), peakIsKnown, json::toString);
    assertTrue(json.path("product").path("flops").doubleValue() > 0, json::toString);
    assertEquals(peakIsKnown, json.path("product").path("share_of_peak").isNumber());
    assertTrue(out.toString().contains("softmax/197 "), out::toString);
  }

  /** The smallest network; the other sizes differ in numbers only. */
  @Test
  void aStepIsAMeasuredPreTraining() throws IOException {
    Path file = folder.resolve("bench.json");
    int status =
        run(
            "--threads",
            "1",
            "--model",
            "ti",
            "--only",
            "step/*",
            "--seconds",
            "0.01",
            "--json",
            file.toString());
    assertEquals(0, status, err::toString);
    JsonNode step = new ObjectMapper().readTree(Files.readString(file)).path("results").path(0);
    assertEquals("step/ti", step.path("name").asText());
    assertTrue(step.path("what").asText().contains("8 images of 59 tokens"), step::toString);
    double median = step.path("median_seconds").doubleValue();
    assertEquals(8 / median, step.path("images_per_second").doubleValue(), 1e-9);
    assertEquals(0, step.path("pool_growth_bytes").doubleValue(), step::toString);
  }

  @Test
  void listsTheBenchmarksOfTheChosenModels() {
    assertEquals(0, run("--list", "--model", "ti,B"));
    List<String> names = out.toString().lines().map(line -> line.split(" ")[0]).toList();
    assertEquals(names.stream().distinct().toList(), names);
    assertEquals(12, names.stream().filter(name -> name.startsWith("sgemm/")).count());
    assertTrue(names.containsAll(List.of("step/ti", "step/b", "adamw/ti", "teacher/forward")));
    assertFalse(names.contains("step/s"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--only foo*     | --only: no benchmark matches 'foo*'",
        "--seconds 0     | --seconds: must be above 0 and at most 600, got 0.0",
        "--seconds NaN   | --seconds: must be above 0 and at most 600, got NaN",
        "--model x       | model: 'x' is not known; choose one of ti, s, b",
        "--threads 0     | threads: must be at least 1, got 0",
        "--backend gpu   | unknown backend 'gpu'",
        "--json no/x     | --json: no such folder",
      })
  void refusesBeforeItMeasures(String options, String message) {
    assertTrue(run(options.strip().split(" ")) != 0);
    assertTrue(err.toString().contains(message), err::toString);
    assertEquals("", out.toString());
  }

  private int run(String... args) {
    return new CommandLine(new BenchCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }
}

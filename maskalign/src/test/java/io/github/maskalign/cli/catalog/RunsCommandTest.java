package io.github.maskalign.cli.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.cli.settings.Recipes;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.tensor.io.WriterLock;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RunsCommandTest {

  private static final String LINE =
      "{\"step\":%d,\"epoch\":%d,\"loss\":1.5,\"lr\":0.1,\"grad_norm\":1,\"images_per_s\":9%s}%n";

  @TempDir private Path folder;

  private String list(String... more) {
    StringWriter out = new StringWriter();
    CommandLine command = new CommandLine(new RunsCommand()).setOut(new PrintWriter(out, true));
    String[] arguments = new String[more.length + 2];
    arguments[0] = "list";
    arguments[1] = folder.toString();
    System.arraycopy(more, 0, arguments, 2, more.length);
    assertEquals(0, command.execute(arguments));
    return out.toString();
  }

  private RunFolder run(String name) throws IOException {
    RunFolder run = RunFolder.at(folder.resolve(name));
    SettingsSchema<PretrainSettings> schema = SettingsSchema.of(PretrainSettings.class);
    Map<String, String> given =
        Map.of("data", "my photos", "epochs", "5", "beta2", "0.950", "mask", "random");
    run.saveConfig(schema.values(schema.build(given)));
    Files.writeString(
        run.log(),
        LINE.formatted(10, 0, ",\"knn\":61.25") + LINE.formatted(20, 1, ",\"knn\":60.5"));
    return run;
  }

  @Test
  void statesProgressScoresSizesAndCommandsAreListed() throws IOException {
    Files.writeString(run("a/finished").weights(), "x".repeat(100_000));
    RunFolder running = run("b-running");
    run("c-stopped");
    run("d-failed").saveFailure("loss is NaN");
    WriterLock lock = running.lock();
    String text;
    JsonNode json;
    try {
      text = list();
      json = new ObjectMapper().readTree(list("--json"));
    } finally {
      lock.close();
    }
    assertEquals(4, json.size());
    Map<String, String> states = new HashMap<>();
    json.forEach(
        each ->
            states.put(
                Path.of(each.get("path").asText()).getFileName().toString(),
                each.get("state").asText()));
    assertEquals(
        Map.of(
            "finished", "finished",
            "b-running", "running",
            "c-stopped", "stopped",
            "d-failed", "failed"),
        states);
    JsonNode first = json.get(0);
    assertEquals(20, first.get("step").asInt());
    assertEquals(2, first.get("epoch").asInt());
    assertEquals(5, first.get("epochs").asInt());
    assertEquals("k-NN", first.get("score").asText());
    assertEquals(61.25, first.get("best").asDouble());
    assertTrue(first.get("bytes").asLong() > 100_000, first.toString());
    assertEquals(
        "bin/maskalign pretrain --data='my photos' --model=base --image-size=224 --patch-size=16"
            + " --mask=random --epochs=5",
        first.get("command").asText());
    assertTrue(text.contains("  finished  step 20, epoch 2 of 5  k-NN 61.3 %"), text);
    assertTrue(text.contains("4 runs, "), text);
    assertTrue(list().contains("  stopped   step 20"), "the lock is released");
  }

  @Test
  void damagedFilesAreARemark() throws IOException {
    Files.writeString(run("half").configFile(), "{\"epochs\": ");
    Files.writeString(run("text").log(), "no json\n");
    RunFolder empty = RunFolder.at(folder.resolve("empty"));
    assertTrue(Files.exists(empty.path()));
    String text = list();
    assertTrue(text.contains("config.json is damaged: "), text);
    assertTrue(text.contains("log.jsonl is damaged: "), text);
    assertTrue(text.contains("nothing logged"), text);
    assertEquals(2, text.split("damaged  ", -1).length - 1, text);
  }

  @Test
  void aRunOfAnEarlierVersionIsListed() throws IOException {
    RunFolder old = RunFolder.at(folder.resolve("old"));
    old.saveConfig(Map.of("mask-ratio", "0.7", "grey", "true", "epochs", "3", "data", "x"));
    JsonNode run = new ObjectMapper().readTree(list("--json")).get(0);
    assertEquals(
        "bin/maskalign pretrain --data=x --gray=true --epochs=3", run.get("command").asText());
    assertTrue(run.get("step").isNull(), run.toString());
  }

  @Test
  void theCommandIsTheStoredOne() throws IOException {
    Map<String, String> values = new HashMap<>(Recipes.find("tiny", "pretrain"));
    values.putAll(Map.of("command", "pretrain-tiny", "seed", "7", "min-lr", "0.00002"));
    RunFolder.at(folder.resolve("tiny")).saveConfig(values);
    JsonNode run = new ObjectMapper().readTree(list("--json")).get(0);
    assertEquals("bin/maskalign pretrain-tiny --seed=7", run.get("command").asText());
  }

  @Test
  void theCommandOfTheFirstVersionsIsThatOfToday() throws IOException {
    RunFolder old = RunFolder.at(folder.resolve("first"));
    Files.writeString(old.configFile(), "{\"seed\":3,\"epochs\":7,\"lr\":0.002,\"maskRatio\":0.7}");
    JsonNode run = new ObjectMapper().readTree(list("--json")).get(0);
    assertEquals("bin/maskalign pretrain-tiny --epochs=7 --seed=3", run.get("command").asText());
    assertEquals(7, run.get("epochs").asInt());
    assertTrue(run.get("problem").isNull(), run.toString());
  }

  /** Escaped in another way, it would no longer be JSON. */
  @Test
  void namesInJsonAreEscapedAsJsonDoes() throws IOException {
    String name = "a\u007f\u009b\u00e9";
    run(name);
    String json = list("--json");
    assertTrue(json.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r'));
    JsonNode run = new ObjectMapper().readTree(json).get(0);
    assertEquals(folder.resolve(name).toString(), run.get("path").asText());
  }

  @Test
  void noRunsAreSaid() {
    assertEquals("No runs below " + folder + System.lineSeparator(), list());
  }
}

package examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PretrainTinyTest {

  private record Outcome(int status, String out) {

    /** The k-NN figure of a row of the table. */
    double nearest(String features) {
      Matcher row = Pattern.compile(features + " +([0-9.]+)%").matcher(out);
      assertTrue(row.find(), out);
      return Double.parseDouble(row.group(1));
    }
  }

  private static Outcome run(String... arguments) {
    PrintStream console = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int status = new CommandLine(new PretrainTiny()).execute(arguments);
      return new Outcome(status, out.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(console);
    }
  }

  @Test
  @Tag("slow")
  void learnsAndLeavesEverything(@TempDir Path folder) throws Exception {
    Path one = folder.resolve("one");
    Outcome outcome = run("--epochs", "2", "--quiet", "--threads", "1", "--out", one.toString());
    assertEquals(0, outcome.status);
    double gain =
        outcome.nearest("student after training") - outcome.nearest("student before training");
    assertTrue(gain > 3, outcome.out);
    List<String> log = Files.readAllLines(one.resolve("log.jsonl"));
    assertTrue(
        log.getFirst()
            .matches(
                "\\{\"step\":10,\"epoch\":0,\"loss\":.*,\"lr\":.*,\"grad_norm\":.*,\"images_per_s\":.*}"),
        log.getFirst());
    assertTrue(log.getLast().contains("\"mix_5_0\":"), log.getLast());
    assertTrue(Files.readString(one.resolve("scores.json")).contains("student after training"));
    try (NetworkFile teacher = NetworkFile.open(one.resolve("teacher.safetensors"));
        NetworkFile student = NetworkFile.open(one)) {
      assertEquals(3, teacher.config().blocks().heads());
      assertEquals(TinyModels.STATISTICS, ModelCard.of(teacher).stats());
      assertEquals(TinyModels.STATISTICS, ModelCard.of(student).stats());
    }

    // As many crops as epochs and nothing rounded: with two threads, the teacher's features from a
    // file and blocks run twice, the same run.
    Path two = folder.resolve("two");
    Path cache = folder.resolve("cache");
    Outcome again =
        run(
            "--epochs=2",
            "--quiet",
            "--threads=2",
            "--recompute",
            "--out=" + two,
            "--teacher-cache=2",
            "--teacher-cache-type=f32",
            "--teacher-cache-dir=" + cache);
    assertEquals(0, again.status);
    assertTrue(again.out.contains("Teacher cache: 0 crops found, 16,000 made"), again.out);
    try (SafeTensorsFile a = SafeTensorsFile.open(one.resolve("student.safetensors"));
        SafeTensorsFile b = SafeTensorsFile.open(two.resolve("student.safetensors"))) {
      assertTrue(a.contains("blocks.0.attn.qkv.weight"));
      assertTrue(a.names().stream().noneMatch(name -> name.startsWith("distill")));
      assertEquals(64, a.metadata().get("teacher_sha256").length());
      for (String name : a.names()) {
        assertArrayEquals(a.floats(name), b.floats(name), name);
      }
    }
  }

  @Test
  void settingsThatCannotWorkAreRefusedBeforeAnythingIsLeft(@TempDir Path folder) {
    Path out = folder.resolve("run");
    List<String> messages = new ArrayList<>();
    CommandLine command =
        new CommandLine(new PretrainTiny())
            .setExecutionExceptionHandler(
                (failure, _, _) -> {
                  messages.add(failure.getMessage());
                  return 2;
                });
    assertEquals(2, command.execute("--mask-ratio", "0.99", "--out", out.toString()));
    assertTrue(messages.getFirst().contains("0.99"), messages.getFirst());
    assertEquals(2, command.execute("--fusion", "quadratic", "--out", out.toString()));
    assertTrue(messages.getLast().contains("quadratic"), messages.getLast());
    assertEquals(
        2, command.execute("--teacher-cache=1", "--target-norm=bn", "--out", out.toString()));
    assertTrue(messages.getLast().contains("target norm bn"), messages.getLast());
    assertEquals(2, command.execute("--teacher-cache=-1", "--out", out.toString()));
    assertTrue(messages.getLast().contains("--teacher-cache: -1"), messages.getLast());
    assertEquals(2, command.execute("--backend", "cuda", "--out", out.toString()));
    assertTrue(messages.getLast().contains("'cuda' does not work here: "), messages.getLast());
    assertFalse(Files.exists(out));
    assertEquals(2, new CommandLine(new PretrainTiny()).execute("--epochs", "ten"));
  }

  @Test
  void resumingWithOtherSettingsNamesThem() {
    TinyConfig started = new TinyOptionsProbe().config();
    TinyConfig now = new TinyOptionsProbe("--seed", "5", "--fusion", "sum").config();
    String message =
        assertThrows(IllegalArgumentException.class, () -> now.requireSameAs(started)).getMessage();
    assertTrue(message.contains("seed is 5, was 1"), message);
    assertTrue(message.contains("fusion is sum, was linear"), message);
  }

  /** Parses options as the program does. */
  private record TinyOptionsProbe(String... arguments) {
    TinyConfig config() {
      TinyOptions options = new TinyOptions();
      new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options))
          .parseArgs(arguments);
      return options.config();
    }
  }
}

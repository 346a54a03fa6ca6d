package examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.train.PretrainCommand;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
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
    return run(new PretrainTiny(), arguments);
  }

  private static Outcome run(Command command, String... arguments) {
    PrintStream console = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int status = new CommandLine(command).execute(arguments);
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
      assertEquals(FashionMnist.STATS, ModelCard.of(teacher).stats());
      assertEquals(FashionMnist.STATS, ModelCard.of(student).stats());
    }

    // The command that has every option, with the teacher's features from a file, nothing rounded,
    // as many crops as epochs, two threads and blocks computed twice: the same run.
    Path two = folder.resolve("two");
    Path cache = folder.resolve("cache");
    Outcome again =
        run(
            new PretrainCommand(),
            "--recipe=tiny",
            "--epochs=2",
            "--quiet",
            "--threads=2",
            "--recompute",
            "--out=" + two,
            "--teacher-cache=2",
            "--teacher-cache-type=f32",
            "--teacher-cache-dir=" + cache);
    assertEquals(0, again.status);
    assertTrue(again.out.contains("Teacher cache: 0 crops reused, 16,000 computed"), again.out);
    assertTrue(Files.exists(two.resolve("teacher.safetensors")));
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
    assertTrue(refusal(out, "--mask-ratio", "0.99").contains("0.99"));
    assertTrue(refusal(out, "--fusion", "quadratic").contains("quadratic"));
    String cached = refusal(out, "--teacher-cache=1", "--target-norm=bn");
    assertTrue(cached.contains("target norm bn"), cached);
    String negative = refusal(out, "--teacher-cache=-1");
    assertTrue(negative.contains("--teacher-cache -1: must be 0 or more"), negative);
    assertTrue(refusal(out, "--backend", "cuda").contains("'cuda' does not work here: "));
    assertFalse(Files.exists(out));
    assertTrue(failure("--epochs", "ten").contains("'ten' is not a"));
  }

  /** What {@code pretrain --recipe tiny} refuses these options with. */
  private static String refusal(Path out, String... options) {
    List<String> messages = new ArrayList<>();
    CommandLine command = new CommandLine(new PretrainCommand());
    command.setExecutionExceptionHandler(
        (failure, _, _) -> {
          messages.add(failure.getMessage());
          return 2;
        });
    List<String> all = new ArrayList<>(List.of("--recipe", "tiny", "--out", out.toString()));
    all.addAll(List.of(options));
    assertEquals(2, command.execute(all.toArray(String[]::new)));
    return messages.getFirst();
  }

  /** What it noted before its settings were those of {@code pretrain}. */
  private static final String OLD_CONFIG =
      """
      {"seed": 1, "epochs": 10, "batch": 64, "accumulate": 1, "lr": 0.002, "warmup": 1.0,
       "weightDecay": 0.05, "dropPath": 0.0, "cropScale": 0.6, "mask": "attentive",
       "maskRatio": 0.7, "fusion": "linear", "head": "linear", "order": "mix_then_adapt",
       "targetNorm": "whiten", "loss": "smoothl1", "levels": "top3", "teacherCache": 0,
       "teacherCacheType": "f16"}
      """;

  @Test
  void aRunOfAnOlderVersionIsResumedWithItsSettings(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve(".maskalign-run"), "");
    Files.writeString(folder.resolve("config.json"), OLD_CONFIG);
    // Its settings fit, so what it lacks is the checkpoint.
    String fits = failure("--resume", "--quiet", "--threads=1", "--out=" + folder);
    assertTrue(fits.contains("no complete checkpoint"), fits);
    String differs = failure("--resume", "--seed=5", "--epochs=9", "--out=" + folder);
    assertTrue(differs.contains("seed is 5, was 1"), differs);
    assertTrue(differs.contains("epochs is 9, was 10"), differs);
    assertFalse(differs.contains("min-lr"), differs);
  }

  private static String failure(String... options) {
    List<String> messages = new ArrayList<>();
    CommandLine command = new CommandLine(new PretrainTiny());
    command.setExecutionExceptionHandler(
        (failure, _, _) -> {
          messages.add(failure.getMessage());
          return 2;
        });
    assertEquals(2, command.execute(options));
    return messages.getFirst();
  }

  @Test
  void anOptionThatItLacksNamesTheCommandThatHasIt() {
    StringWriter said = new StringWriter();
    CommandLine command = new CommandLine(new PretrainTiny()).setErr(new PrintWriter(said));
    String use = "; use 'maskalign pretrain --recipe tiny ";
    assertEquals(2, command.execute("--mask-ratio", "0.6"));
    assertEquals(2, command.execute("--recompute", "--seed", "1"));
    assertTrue(
        said.toString().contains("no --mask-ratio" + use + "--mask-ratio 0.6'"), said.toString());
    assertTrue(said.toString().contains("no --recompute" + use + "--recompute'"), said.toString());
    assertFalse(command.getUsageMessage().contains("--mask-ratio"));
    assertTrue(command.getUsageMessage().contains("; default: 10)"), command.getUsageMessage());
  }
}

package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.compare.CompareCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command that runs in another process is the only one that writes to its folder. */
class OneWriterTest {

  private static final List<String> COMMON =
      List.of(
          "--backend=plain",
          "--model=16x1x2",
          "--image-size=28",
          "--patch-size=14",
          "--gray",
          "--quiet",
          "--data=fashion-mnist[:1000]",
          "--eval-data=fashion-mnist[1000:1100]",
          "--batch=100",
          "--epochs=20000",
          "--warmup=0");

  private static final List<String> PRETRAIN =
      List.of(
          "--method=mae",
          "--decoder-width=8",
          "--decoder-depth=1",
          "--decoder-heads=2",
          "--lr=1e-3");

  private static final Map<String, List<String>> COMMANDS =
      Map.of(
          "pretrain",
          PRETRAIN,
          "finetune",
          List.of("--augment=none", "--erase-prob=0", "--lr=1e-3"),
          "probe",
          List.of("--lr=1"),
          "compare",
          Stream.concat(PRETRAIN.stream(), Stream.of("--vary=mask-ratio=0.5,0.75", "--seeds=1"))
              .toList());

  private static List<String> arguments(String command, Path out) {
    List<String> arguments = new ArrayList<>(COMMON);
    arguments.addAll(COMMANDS.get(command));
    arguments.add("--out=" + out);
    return arguments;
  }

  private static Process start(String command, Path out) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.maskalign.cli.Main",
                command));
    line.addAll(arguments(command, out));
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(out.resolveSibling(command + ".txt").toFile())
        .start();
  }

  private static String refusal(String command, Path out) {
    Command program =
        switch (command) {
          case "pretrain" -> new PretrainCommand();
          case "finetune" -> new FinetuneCommand();
          case "probe" -> new ProbeCommand();
          default -> new CompareCommand();
        };
    Ran ran = Ran.command(program, arguments(command, out).toArray(String[]::new));
    assertEquals(2, ran.status(), command);
    return ran.error();
  }

  /** Whether a run, or a variant of a comparison, has begun to log. */
  private static boolean hasLog(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return false;
    }
    // A walk would fail at files that vanish meanwhile.
    try (Stream<Path> variants = Files.list(folder)) {
      return Stream.concat(Stream.of(folder), variants)
          .anyMatch(each -> Files.exists(each.resolve("log.jsonl")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pretrain", "finetune", "probe", "compare"})
  @Tag("slow")
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void everyOtherCommandIsRefused(String first, @TempDir Path folder) throws Exception {
    Path out = folder.resolve("out");
    Process holder = start(first, out);
    try {
      while (!hasLog(out)) {
        assertTrue(holder.isAlive(), () -> read(folder.resolve(first + ".txt")));
        Thread.sleep(20);
      }
      for (String second : COMMANDS.keySet()) {
        String message = refusal(second, out);
        assertTrue(
            message.startsWith(out + " is in use by process " + holder.pid() + " on host "),
            second + ": " + message);
      }
      assertTrue(holder.isAlive());
    } finally {
      holder.destroyForcibly();
    }
    assertTrue(holder.waitFor(20, TimeUnit.SECONDS));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}

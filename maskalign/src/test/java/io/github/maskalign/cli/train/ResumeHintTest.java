package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The line that a stopped run prints continues it, typed as it is. */
@DisabledOnOs(OS.WINDOWS)
class ResumeHintTest {

  private static final List<String> JAVA =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "--add-modules=jdk.incubator.vector",
          "-cp",
          System.getProperty("java.class.path"),
          "io.github.maskalign.cli.Main");

  private static List<String> finetune(Path out) {
    List<String> line = new ArrayList<>(JAVA);
    line.addAll(
        List.of(
            "finetune",
            "--backend=plain",
            "--model=16x1x2",
            "--image-size=28",
            "--patch-size=14",
            "--gray",
            "--quiet",
            "--data=fashion-mnist[:1000]",
            "--batch=50",
            "--epochs=6",
            "--warmup=0",
            "--augment=none",
            "--erase-prob=0",
            "--lr=1e-3",
            "--log-every=1",
            "--seed=3",
            "--out=" + out));
    return line;
  }

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start(List<String> line) throws IOException {
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    started.add(process);
    return process;
  }

  private static String output(Process process) throws Exception {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return text;
  }

  /** Types a command line that begins with the launcher, which here is Java itself. */
  private String typed(String line, int status) throws Exception {
    List<String> shell = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" " + line, "sh"));
    shell.addAll(JAVA);
    Process process = start(shell);
    String text = output(process);
    assertEquals(status, process.exitValue(), text);
    return text;
  }

  @Test
  @Tag("slow")
  @Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void continuesTheRun(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("a run of 5 o'clock");
    Process run = start(finetune(out));
    while (!Files.exists(out.resolve("log.jsonl")) || Files.size(out.resolve("log.jsonl")) == 0) {
      assertTrue(run.isAlive(), () -> lines(run));
      Thread.sleep(20);
    }
    new ProcessBuilder("kill", "-USR1", Long.toString(run.pid())).start().waitFor();
    String text = output(run);
    assumeTrue(run.exitValue() != 0, "it was faster than the signal");
    assertEquals(OS.MAC.isCurrentOs() ? 158 : 138, run.exitValue(), text);
    String hint =
        text.lines().filter(line -> line.startsWith("Stopped.")).findFirst().orElseThrow();
    String prefix = "Stopped. To continue: bin/maskalign ";
    assertTrue(hint.startsWith(prefix), hint);
    assertFalse(Files.exists(out.resolve("model.safetensors")));

    String other = typed(hint.substring(prefix.length()) + " --seed 4 --quiet", 2);
    assertTrue(other.contains("--seed is 4, was 3"), other);
    String wrong = typed(hint.substring(prefix.length()).replace("finetune", "pretrain"), 2);
    assertTrue(wrong.contains("is a run of finetune: resume it with " + hint.substring(22)), wrong);
    String resumed = typed(hint.substring(prefix.length()), 0);
    assertTrue(resumed.matches("(?s).*Resumed after step \\d+\\R.*"), resumed);
    String again = typed(hint.substring(prefix.length()), 0);
    assertTrue(
        again.contains(
            ": the run is complete, its weights are " + out.resolve("model.safetensors")),
        again);

    Path straight = folder.resolve("straight");
    assertEquals(0, startAndWait(finetune(straight)));
    assertArrayEquals(
        Files.readAllBytes(straight.resolve("model.safetensors")),
        Files.readAllBytes(out.resolve("model.safetensors")));
  }

  private int startAndWait(List<String> line) throws Exception {
    Process process = start(line);
    output(process);
    return process.exitValue();
  }

  private static String lines(Process process) {
    return String.join(
        "\n",
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .lines()
            .toList());
  }
}

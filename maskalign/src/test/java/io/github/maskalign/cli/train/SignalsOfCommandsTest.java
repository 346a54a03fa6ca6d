package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A signal ends the commands that have nothing to save, and none promises to save. */
@DisabledOnOs(OS.WINDOWS)
class SignalsOfCommandsTest {

  @TempDir private static Path folder;
  private static Path weights;

  @BeforeAll
  static void makeAClassifier() {
    weights = folder.resolve("tuned");
    Ran ran =
        Ran.command(
            new FinetuneCommand(),
            "--data=fashion-mnist[:40]",
            "--model=64x4x4",
            "--image-size=28",
            "--patch-size=7",
            "--epochs=1",
            "--augment=none",
            "--quiet",
            "--out=" + weights);
    assertEquals(0, ran.status(), ran.error());
  }

  @ParameterizedTest
  @CsvSource({"knn, --eval-data=fashion-mnist", "eval, --batch=10", "features, --batch=10"})
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void endsAtOnce(String command, String option) throws Exception {
    Path out = folder.resolve(command + ".npy");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-XX:TieredStopAtLevel=1");
    line.add("--add-modules=jdk.incubator.vector");
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.addAll(List.of("io.github.maskalign.cli.Main", command, "--backend=plain"));
    line.addAll(List.of("--data=fashion-mnist", "--weights=" + weights, option));
    if (command.equals("features")) {
      line.add("--out=" + out);
    }
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    try (BufferedReader output = process.inputReader()) {
      String text;
      do {
        text = output.readLine();
      } while (text != null && !text.startsWith("Backend: ")); // The signals are set up before.
      process.toHandle().destroy(); // Leaves the output open.
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "runs on after the signal");
      text += output.lines().collect(Collectors.joining("\n"));
      assertEquals(143, process.exitValue(), text);
      assertFalse(text.contains("saving"), text);
      assertEquals(command.equals("features"), text.contains("no file is written"), text);
      assertFalse(Files.exists(out));
    } finally {
      process.destroyForcibly();
    }
  }
}

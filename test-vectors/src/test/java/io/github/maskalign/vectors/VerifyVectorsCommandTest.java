package io.github.maskalign.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.Command;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VerifyVectorsCommandTest {

  @TempDir private Path root;
  private final StringWriter out = new StringWriter();

  @Test
  void theCommandLineFindsIt() {
    assertTrue(
        ServiceLoader.load(Command.class).stream()
            .anyMatch(provider -> provider.type() == VerifyVectorsCommand.class));
  }

  @Test
  void statusIsZeroIfAllPass() {
    assertEquals(0, run(new SmallFolder(root).write()));
    assertTrue(out.toString().strip().endsWith("\n1 passed, 0 failed"), out::toString);
  }

  @Test
  void statusIsOneIfAnyFails() {
    assertEquals(1, run(new SmallFolder(root).kind("op.other").write()));
    assertTrue(out.toString().strip().endsWith("\n0 passed, 1 failed"), out::toString);
  }

  /** Nothing is multiplied, so nothing is rounded. */
  @Test
  void precisionDoesNotChangeTheToleranceWithoutProducts() {
    assertEquals(0, run(new SmallFolder(root).write(), "--backend", "cpu", "--precision", "BF16"));
    assertTrue(out.toString().contains("  1.00e-05  pass"), out::toString);
    assertTrue(out.toString().contains("BF16 products by"), out::toString);
  }

  private int run(Path folder) {
    return run(folder, "--backend", "reference");
  }

  private int run(Path folder, String... options) {
    return new CommandLine(new VerifyVectorsCommand())
        .setOut(new PrintWriter(out, true))
        .execute(
            Stream.concat(Stream.of(folder.toString()), Stream.of(options)).toArray(String[]::new));
  }
}

package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.vectors.VerifyVectorsCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Every case of the reference data passes on the device, by the command that users run. */
@OnEmulator
class CudaVectorsTest {

  private static final Path VECTORS = Path.of("../test-vectors");

  /** So that reads beyond a tensor are found. */
  @BeforeEach
  void separateBlocks() {
    System.setProperty(Gpu.POOL_PROPERTY, "exact");
  }

  @AfterEach
  void defaultPool() {
    System.clearProperty(Gpu.POOL_PROPERTY);
  }

  /** Not {@code inputs}: images and texts are prepared without a backend. */
  @ParameterizedTest
  @CsvSource({"'', 0", "networks, 0", "networks, 1", "families, 0"})
  void everyCasePasses(String folder, int reverse) {
    Emulator.start().set("reverse", reverse);
    passes(VECTORS.resolve(folder).toString(), "--backend", "cuda");
  }

  /** Within what the rounding of factors moves. */
  @ParameterizedTest
  @CsvSource({"BF16, vit/*", "TF32, vit/*", "BF16, train/linprobe*"})
  void precisionsPass(String precision, String cases) {
    Emulator.start();
    passes(VECTORS.toString(), "--backend", "cuda", "--precision", precision, "--case", cases);
  }

  private static void passes(String... arguments) {
    StringWriter out = new StringWriter();
    int status =
        new CommandLine(new VerifyVectorsCommand())
            .setOut(new PrintWriter(out, true))
            .execute(arguments);
    assertEquals(0, status, out::toString);
  }
}

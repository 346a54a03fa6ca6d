package peers.python;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A library of two functions that makes MKL take any processor for one of Intel's: MKL then uses
 * AVX-512 on AMD too, where it otherwise keeps to AVX2. Whoever knows of it gets this speed.
 */
final class Preload {

  private static final String SOURCE =
      """
      int mkl_serv_intel_cpu(void) { return 1; }
      int mkl_serv_intel_cpu_true(void) { return 1; }
      """;

  private Preload() {}

  /**
   * Builds the library with gcc.
   *
   * @param folder for the library
   * @return its file; empty without a working gcc
   */
  static Optional<Path> build(Path folder) {
    Path source = folder.resolve("mkl_avx512.c");
    Path library = folder.resolve("libmkl_avx512.so");
    try {
      Files.writeString(source, SOURCE);
      List<String> command =
          List.of("gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString());
      Process gcc =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("gcc.txt").toFile())
              .start();
      return gcc.waitFor() == 0 ? Optional.of(library) : Optional.empty();
    } catch (IOException e) {
      if (Files.notExists(source)) {
        throw new UncheckedIOException(e);
      }
      return Optional.empty(); // no gcc in the path
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package peers.python;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How PyTorch is started.
 *
 * @param python the interpreter
 * @param folder has the script, what {@code torch.compile} generates for all processes, and what
 *     they print
 * @param preload library that makes MKL use AVX-512 on any processor; null if it could not be built
 * @param compile whether to measure {@code torch.compile} too
 */
public record PyTorch(String python, String folder, @Nullable String preload, boolean compile) {

  /** Suffix of the names of sides with the preloaded library. */
  public static final String AVX512 = ", MKL with AVX-512";

  private static final String COMPILED = "inductor";
  private static final String SCRIPT = "/pytorch_peer.py";

  /**
   * What was found.
   *
   * @param torch null if PyTorch is left out
   * @param versions PyTorch, and the instructions that its MKL uses, a line each
   * @param notes what is left out and why, a line each
   */
  public record Found(@Nullable PyTorch torch, List<String> versions, List<String> notes) {}

  /**
   * Looks for PyTorch.
   *
   * @param folder for script, library and caches
   */
  public static Found find(String python, boolean compile, Path folder) {
    extract(folder);
    Optional<Path> preload = Preload.build(folder);
    PyTorch torch =
        new PyTorch(python, folder.toString(), preload.map(Path::toString).orElse(null), compile);
    List<String> notes = new ArrayList<>();
    List<String> versions = new ArrayList<>();
    Path output = folder.resolve("about.txt");
    if (!torch.about(false, output, versions)) {
      String reason = lastLine(output);
      notes.add(
          "PyTorch is left out, since '%s' cannot run it (%s). Install torch or name another"
                  .formatted(python, reason)
              + " interpreter with --python.");
      return new Found(null, List.of(), notes);
    }
    if (preload.isEmpty()) {
      notes.add("PyTorch with MKL's AVX-512 on AMD is left out: gcc builds its library.");
    } else {
      torch.about(true, output, versions);
    }
    if (!compile) {
      notes.add("torch.compile is left out: --no-compile.");
    }
    return new Found(torch, List.copyOf(versions), notes);
  }

  /**
   * Deletes what {@code torch.compile} has generated, a tree of folders.
   *
   * @param folder as in {@link #find}
   */
  public static void deleteCompiled(Path folder) throws IOException {
    Path compiled = folder.resolve(COMPILED);
    if (Files.exists(compiled)) {
      try (Stream<Path> all = Files.walk(compiled)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static void extract(Path folder) {
    try (InputStream in = PyTorch.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + SCRIPT);
      }
      Files.copy(in, script(folder.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path script(String folder) {
    return Path.of(folder, SCRIPT.substring(1));
  }

  private static String lastLine(Path output) {
    try {
      return PyTorchSide.lastLines(output);
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  /** Asks PyTorch for its version and MKL for its instructions. */
  private boolean about(boolean preloaded, Path output, List<String> versions) {
    try {
      Process process =
          builder("about", 1, preloaded, false)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      int status = process.waitFor();
      if (status == 0) {
        versions.add(describe(Files.readString(output), preloaded));
      }
      return status == 0;
    } catch (IOException e) {
      try {
        Files.writeString(output, "no such program");
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A line of the script's version and the first line of MKL. */
  static String describe(String output, boolean preloaded) {
    String version =
        output
            .lines()
            .filter(line -> line.startsWith("about "))
            .map(line -> line.substring("about ".length()))
            .findFirst()
            .orElse("unknown");
    String mkl =
        output
            .lines()
            .filter(line -> line.startsWith("MKL_VERBOSE one") || line.contains("Intel(R) MKL"))
            .map(line -> line.replaceFirst("MKL_VERBOSE ", "").replaceFirst(", Lnx.*", ""))
            .map(line -> line.replaceFirst(" Product build.*?64 architecture", " for"))
            .findFirst()
            .orElse("no MKL");
    return preloaded ? "with the preloaded library: " + mkl : version + "; " + mkl;
  }

  /**
   * Starts the ways to run some work: eager and compiled, as installed and with MKL's AVX-512.
   *
   * @param work as the script calls it
   * @param notes receives a line for each way that fails
   */
  public List<PyTorchSide> start(String work, int threads, List<String> notes) {
    List<PyTorchSide> sides = new ArrayList<>();
    for (boolean preloaded : preload == null ? List.of(false) : List.of(false, true)) {
      for (boolean compiled : compile ? List.of(false, true) : List.of(false)) {
        String name = (compiled ? "torch.compile" : "eager") + (preloaded ? AVX512 : "");
        try {
          sides.add(
              new PyTorchSide(name, Path.of(folder), builder(work, threads, preloaded, compiled)));
        } catch (IllegalStateException e) {
          notes.add("%s, %d threads: %s".formatted(work, threads, e.getMessage()));
        }
      }
    }
    return sides;
  }

  private ProcessBuilder builder(String work, int threads, boolean preloaded, boolean compiled) {
    List<String> command =
        new ArrayList<>(List.of(python, script(folder).toString(), work, "" + threads));
    if (compiled) {
      command.add("--compile");
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.put("TORCHINDUCTOR_CACHE_DIR", Path.of(folder, COMPILED).toString());
    environment.put("OMP_NUM_THREADS", "" + threads);
    PassiveThreads.set(environment);
    if (preloaded) {
      environment.put("LD_PRELOAD", preload);
    }
    return builder;
  }
}

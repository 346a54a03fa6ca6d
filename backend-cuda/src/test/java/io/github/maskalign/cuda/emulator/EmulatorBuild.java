package io.github.maskalign.cuda.emulator;

import io.github.maskalign.tensor.io.DurableFiles;
import io.github.maskalign.tensor.io.Glob;
import io.github.maskalign.tensor.io.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Builds the emulated libraries from {@code src/test/native} with g++ whenever the sources change.
 * Functions that JCuda's native libraries import and the sources do not define fail with their
 * name.
 */
final class EmulatorBuild {

  private static final Path SOURCES = Path.of("src", "test", "native");

  private static final List<String> FLAGS =
      List.of("-O2", "-march=native", "-std=c++17", "-fPIC", "-fvisibility=hidden", "-pthread");

  /** The folder of the libraries of CUDA 13, within that of CUDA 12. */
  static final String CUDA_13 = "cuda13";

  /**
   * One library: its file, its sources, the JNI libraries that import it, and the status that
   * missing functions return.
   */
  private record Library(String file, String sources, String prefix, int missing, String... jni) {}

  private static final List<Library> LIBRARIES =
      List.of(
          new Library("libcuda.so.1", "driver/*.cpp", "cu[A-Z]", 801, "JCudaDriver"),
          new Library("libcublas.so.12", "libraries/cublas.cpp", "cublas", 15, "JCublas2"),
          new Library("libcudnn.so.8", "libraries/cudnn.cpp", "cudnn", 9, "JCudnn"),
          new Library("libnvrtc.so.12", "libraries/nvrtc.cpp", "nvrtc", 11, "JNvrtc"),
          new Library(CUDA_13 + "/libcublas.so.13", "libraries/cublas.cpp", "cublas", 15),
          new Library(CUDA_13 + "/libnvrtc.so.13", "libraries/nvrtc.cpp", "nvrtc", 11));

  /** Companion libraries of the real ones, here empty. */
  private static final List<String> COMPANIONS =
      List.of(
          "libcublasLt.so.12",
          "libnvrtc-builtins.so.12.3",
          "libcudnn_ops_infer.so.8",
          CUDA_13 + "/libcublasLt.so.13",
          CUDA_13 + "/libnvrtc-builtins.so.13.0");

  /** The folder of CUDA 13 shares these. */
  private static final List<String> SHARED = List.of("libcuda.so.1", "kernel");

  private final Path target;

  EmulatorBuild(Path target) {
    this.target = target.toAbsolutePath();
  }

  /** The version of the compiler, or empty if this machine has none. */
  static Optional<String> compiler() {
    try {
      return Optional.of(run(List.of("g++", "-dumpfullversion", "-dumpmachine")));
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /** Builds if needed, and returns the folder of the libraries. */
  Path build(String compiler) throws IOException {
    Files.createDirectories(target);
    try (FileChannel lock =
        FileChannel.open(
            target.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Objects.requireNonNull(lock.lock());
      Path stamp = target.resolve("stamp");
      String wanted = hash(compiler);
      if (!Files.exists(stamp) || !Files.readString(stamp).equals(wanted)) {
        Files.deleteIfExists(stamp);
        buildAll();
        Files.writeString(stamp, wanted);
      }
    }
    return target;
  }

  private void buildAll() throws IOException {
    // Its kernels were compiled with the old headers.
    deleteCache(target.resolveSibling(Emulator.CACHE));
    Path headers = Files.createDirectories(target.resolve("kernel"));
    for (Path header : files("kernel/*.h")) {
      Files.copy(
          header, headers.resolve(header.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
    Path newer = Files.createDirectories(target.resolve(CUDA_13));
    for (String shared : SHARED) {
      Files.deleteIfExists(newer.resolve(shared));
      Files.createSymbolicLink(newer.resolve(shared), Path.of("..", shared));
    }
    for (Library library : LIBRARIES) {
      link(library);
    }
    Path nothing = Files.writeString(target.resolve("nothing.cpp"), "");
    for (String companion : COMPANIONS) {
      List<String> command = command(companion);
      command.add(nothing.toString());
      finish(companion, command);
    }
  }

  private static void deleteCache(Path cache) throws IOException {
    if (Files.exists(cache)) {
      try (Stream<Path> all = Files.walk(cache)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private void link(Library library) throws IOException {
    StringBuilder stubs =
        new StringBuilder("extern \"C\" int emu_missing(const char* name, int status);\n");
    String version = "";
    for (String line : imports(library)) {
      String name = line.split("@")[0];
      stubs.append(
          "extern \"C\" __attribute__((weak, visibility(\"default\"))) int %s() { return emu_missing(\"%s\", %d); }\n"
              .formatted(name, name, library.missing));
      version = line.contains("@") ? line.substring(line.lastIndexOf('@') + 1) : version;
    }
    List<String> command = command(library.file);
    command.add("-DEMU_RELEASE=" + (library.file.endsWith(".13") ? 13 : 12));
    files(library.sources).forEach(source -> command.add(source.toString()));
    command.add(Files.writeString(target.resolve("stubs.cpp"), stubs).toString());
    if (!version.isEmpty()) {
      Path map = target.resolve("versions.map");
      Files.writeString(map, version + " { global: *; };\n");
      command.add("-Wl,--version-script=" + map);
    }
    if (!library.file.startsWith("libcuda.")) {
      command.addAll(List.of("-L" + target, "-l:libcuda.so.1"));
    }
    finish(library.file, command);
  }

  private List<String> command(String file) {
    List<String> command = new ArrayList<>(List.of("g++"));
    command.addAll(FLAGS);
    command.addAll(
        List.of(
            "-shared",
            "-Wl,-z,defs",
            "-Wl,-soname," + Path.of(file).getFileName(),
            "-o",
            target.resolve(file) + ".new"));
    return command;
  }

  /** Replaces the file atomically: another process may have the old one loaded. */
  private void finish(String file, List<String> command) throws IOException {
    run(command);
    DurableFiles.rename(target.resolve(file + ".new"), target.resolve(file));
  }

  /** The imported names, with their versions if any. */
  private List<String> imports(Library library) throws IOException {
    if (library.jni.length == 0) {
      return List.of();
    }
    List<String> command = new ArrayList<>(List.of("nm", "-D", "--undefined-only"));
    for (String jni : library.jni) {
      command.add(unpack(jni).toString());
    }
    return run(command)
        .lines()
        .map(line -> line.strip().replaceFirst("^[Uw]\\s+", ""))
        .filter(name -> name.matches(library.prefix + ".*"))
        .sorted()
        .distinct()
        .toList();
  }

  private Path unpack(String jni) throws IOException {
    Path file = target.resolve("lib" + jni + ".so");
    try (InputStream bytes = resource(jni)) {
      Files.copy(bytes, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  private static InputStream resource(String jni) {
    String name = "/lib/lib" + jni + "-12.6.0-linux-x86_64.so";
    return Objects.requireNonNull(EmulatorBuild.class.getResourceAsStream(name), name);
  }

  private static List<Path> files(String glob) throws IOException {
    Path folder = SOURCES.resolve(glob).getParent();
    Predicate<String> pattern = Glob.of(Path.of(glob).getFileName().toString());
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> pattern.test(file.getFileName().toString())).sorted().toList();
    }
  }

  private static String hash(String compiler) throws IOException {
    Sha256 digest = new Sha256();
    digest.add((compiler + FLAGS + LIBRARIES + COMPANIONS).getBytes(StandardCharsets.UTF_8));
    for (String glob : List.of("driver/*", "kernel/*", "libraries/*")) {
      for (Path file : files(glob)) {
        digest.add(file.getFileName().toString().getBytes(StandardCharsets.UTF_8)).add(file);
      }
    }
    return digest.hex();
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new UncheckedIOException(
            new IOException(String.join(" ", command) + " failed:\n" + output));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return output;
  }
}

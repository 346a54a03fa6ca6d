package io.github.maskalign.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.cuda.binding.CompilerLibrary;
import io.github.maskalign.cuda.binding.foreign.ForeignBinding;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.cuda.library.CudaRelease;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.SearchResult;
import io.github.maskalign.cuda.runtime.KernelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compiles every kernel with NVIDIA's compiler and assembler, which need no GPU, and checks that it
 * uses at most as many registers, and spills at most as many bytes, as {@code registers.txt}
 * allows. Not among the default tests, because the compilers are jars of hundreds of megabytes.
 * Architectures that the compiler does not know are skipped:
 *
 * <pre>
 * mvn -P ptx -pl backend-cuda -am test -Dtest=PtxCheck
 * mvn -P ptx -pl backend-cuda -am test -Dtest=PtxCheck -Dptx.redist.version=13.1-9.19-1.5.13
 * </pre>
 */
class PtxCheck {

  private static final Path KERNELS =
      Path.of("src/main/resources/io/github/maskalign/cuda/kernels");

  private static final String CEILINGS = "registers.txt";

  /** Folder of the measured registers, in the format of {@code registers.txt}. */
  private static final Path REPORT = Path.of("target");

  /** A source with its definitions. */
  private record Variant(String file, String defines) {

    List<String> options(int architecture) {
      List<String> options =
          new ArrayList<>(List.of("--gpu-architecture=sm_" + architecture, "--std=c++17"));
      Stream.of(defines.split(",")).filter(d -> !d.equals("-")).forEach(d -> options.add("-D" + d));
      return options;
    }
  }

  /**
   * The most that a kernel may use.
   *
   * @param registers of a thread
   * @param spilledBytes of a thread, stores and loads
   */
  private record Ceiling(int registers, int spilledBytes) {

    boolean allows(PtxAssembler.Kernel kernel) {
      return kernel.registers() <= registers && kernel.spilledBytes() <= spilledBytes;
    }
  }

  /**
   * Reads lines {@code file defines kernel registers}, or with spilled bytes, if there may be any.
   */
  private static Map<Variant, Map<String, Ceiling>> ceilings() throws IOException {
    Map<Variant, Map<String, Ceiling>> all = new LinkedHashMap<>();
    byte[] text = PtxCheck.class.getResourceAsStream(CEILINGS).readAllBytes();
    for (String line : new String(text, StandardCharsets.UTF_8).lines().toList()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.strip().split("\\s+");
        all.computeIfAbsent(new Variant(words[0], words[1]), _ -> new TreeMap<>())
            .put(
                words[2],
                new Ceiling(
                    Integer.parseInt(words[3]), words.length > 4 ? Integer.parseInt(words[4]) : 0));
      }
    }
    return all;
  }

  /** The compiler that a user would get, CUDA 12's first. */
  private static CompilerLibrary compiler() {
    List<String> missing = new ArrayList<>();
    for (CudaRelease release : CudaRelease.values()) {
      LibrarySearch search = new LibrarySearch(release);
      search.load(CudaLibrary.NVRTC_BUILTINS);
      SearchResult compiler = search.load(CudaLibrary.NVRTC);
      if (compiler instanceof SearchResult.Loaded loaded) {
        return new ForeignBinding(_ -> loaded.file()).compiler();
      }
      missing.add(compiler.toString());
    }
    return fail(missing.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 90, 100, 120})
  void everyKernelFitsIntoRegisters(int architecture) throws IOException {
    CompilerLibrary compiler = compiler();
    int[][] known = new int[1][];
    assertEquals(0, compiler.supportedArchs(known));
    assumeTrue(
        IntStream.of(known[0]).anyMatch(each -> each == architecture),
        () -> "this compiler knows " + Arrays.toString(known[0]));
    List<String> found = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<Variant, Map<String, Ceiling>> entry : ceilings().entrySet()) {
      check(compiler, entry.getKey(), entry.getValue(), architecture, found, wrong);
    }
    Files.write(REPORT.resolve("registers-sm_" + architecture + ".txt"), found);
    assertEquals(List.of(), wrong);
  }

  private static void check(
      CompilerLibrary compiler,
      Variant variant,
      Map<String, Ceiling> ceilings,
      int architecture,
      List<String> found,
      List<String> wrong) {
    KernelSource source = KernelSource.load(variant.file);
    List<PtxAssembler.Kernel> kernels =
        PtxAssembler.assemble(compiler, variant.file, source, variant.options(architecture));
    Map<String, Ceiling> missing = new TreeMap<>(ceilings);
    for (PtxAssembler.Kernel kernel : kernels) {
      String line = "%s %s %s".formatted(variant.file, variant.defines, kernel.name());
      String spilled = kernel.spilledBytes() == 0 ? "" : " " + kernel.spilledBytes();
      found.add(line + " " + kernel.registers() + spilled);
      Ceiling ceiling = missing.remove(kernel.name());
      if (ceiling == null) {
        wrong.add(line + " has no line in " + CEILINGS);
      } else if (!ceiling.allows(kernel)) {
        wrong.add("%s on sm_%d: %s, maximum %s".formatted(line, architecture, kernel, ceiling));
      }
    }
    missing.keySet().forEach(name -> wrong.add(variant + " has no kernel " + name));
  }

  @Test
  void everySourceIsListed() throws IOException {
    TreeSet<String> listed = new TreeSet<>();
    ceilings().keySet().forEach(variant -> listed.add(variant.file));
    try (Stream<Path> files = Files.list(KERNELS)) {
      List<String> sources =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".cu"))
              .sorted()
              .toList();
      assertEquals(sources, List.copyOf(listed));
    }
  }
}

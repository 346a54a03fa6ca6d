package io.github.maskalign.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.driver.Nvrtc;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.SearchResult;
import io.github.maskalign.cuda.runtime.KernelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compiles every kernel with NVIDIA's compiler and assembler, which need no GPU, and checks that it
 * spills no registers and uses at most as many as {@code registers.txt} allows. Not among the
 * default tests, because the compiler is a jar of 362 MB:
 *
 * <pre>mvn -P ptx -pl backend-cuda -am test -Dtest=PtxCheck</pre>
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
          new ArrayList<>(List.of("--gpu-architecture=compute_" + architecture, "--std=c++17"));
      Stream.of(defines.split(",")).filter(d -> !d.equals("-")).forEach(d -> options.add("-D" + d));
      return options;
    }
  }

  /** Reads lines {@code file defines kernel registers}: the maximum registers of each kernel. */
  private static Map<Variant, Map<String, Integer>> ceilings() throws IOException {
    Map<Variant, Map<String, Integer>> all = new LinkedHashMap<>();
    byte[] text = PtxCheck.class.getResourceAsStream(CEILINGS).readAllBytes();
    for (String line : new String(text, StandardCharsets.UTF_8).lines().toList()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.strip().split("\\s+");
        all.computeIfAbsent(new Variant(words[0], words[1]), _ -> new TreeMap<>())
            .put(words[2], Integer.parseInt(words[3]));
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 90})
  void everyKernelFitsIntoRegisters(int architecture) throws IOException {
    LibrarySearch search = new LibrarySearch();
    search.load(CudaLibrary.NVRTC_BUILTINS);
    SearchResult compiler = search.load(CudaLibrary.NVRTC);
    assertTrue(compiler instanceof SearchResult.Loaded, compiler::toString);
    List<String> found = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<Variant, Map<String, Integer>> entry : ceilings().entrySet()) {
      check(entry.getKey(), entry.getValue(), architecture, found, wrong);
    }
    Files.write(REPORT.resolve("registers-sm_" + architecture + ".txt"), found);
    assertEquals(List.of(), wrong);
  }

  private static void check(
      Variant variant,
      Map<String, Integer> ceilings,
      int architecture,
      List<String> found,
      List<String> wrong) {
    KernelSource source = KernelSource.load(variant.file);
    byte[] ptx =
        Nvrtc.compile(variant.file, source.text(), source.headers(), variant.options(architecture));
    Map<String, Integer> missing = new TreeMap<>(ceilings);
    String text = new String(ptx, StandardCharsets.US_ASCII).replace("\0", "");
    for (PtxAssembler.Kernel kernel : PtxAssembler.assemble(text, "sm_" + architecture)) {
      String line = "%s %s %s".formatted(variant.file, variant.defines, kernel.name());
      found.add(line + " " + kernel.registers());
      Integer ceiling = missing.remove(kernel.name());
      if (ceiling == null) {
        wrong.add(line + " has no line in " + CEILINGS);
      } else if (kernel.registers() > ceiling || kernel.spilledBytes() + kernel.stackBytes() > 0) {
        wrong.add("%s on sm_%d: %s, maximum %d".formatted(line, architecture, kernel, ceiling));
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

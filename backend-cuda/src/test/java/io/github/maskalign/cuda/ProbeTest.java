package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.error.DeviceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The probe on machines with something missing, each in a separate process, because libraries stay
 * loaded.
 */
class ProbeTest {

  @TempDir Path folder;

  /** Prints the error of a required backend, and the explanation of an automatic choice. */
  static final class Program {
    public static void main(String[] args) {
      try {
        Backends.open("cuda", BackendOptions.defaults()).close();
        System.out.println("opened");
      } catch (DeviceException e) {
        System.out.println(e.getMessage());
      }
      try (Backends.Choice choice = Backends.open()) {
        System.out.println(choice.explanation());
      }
    }
  }

  /** Prints whether the system loader or a standard folder has a library. */
  static final class Finder {
    public static void main(String[] args) {
      boolean found = Files.exists(Path.of("/usr/local/cuda/lib64", args[0]));
      try {
        SymbolLookup.libraryLookup(args[0], Arena.global());
        found = true;
      } catch (IllegalArgumentException absent) {
        // Expected.
      }
      System.out.println(found);
    }
  }

  /** Copies some of the emulated libraries. */
  private void provide(String... files) throws IOException {
    Path emulator = Emulator.build();
    for (String file : files) {
      Files.copy(emulator.resolve(file), folder.resolve(file));
    }
  }

  private String run(Map<String, String> environment, Class<?> program, String... arguments)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-D" + LibrarySearch.PROPERTY + "=" + folder,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                program.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Path errors = folder.resolve("errors.txt");
    builder.redirectError(errors.toFile());
    List.of("CUDA_HOME", "CUDA_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH")
        .forEach(builder.environment()::remove);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output + Files.readString(errors));
    return output;
  }

  /** The reason in the error, whose first clause is in the explanation. */
  private String reason(Map<String, String> environment) throws Exception {
    String output = run(environment, Program.class);
    List<String> lines = output.lines().toList();
    assertEquals(2, lines.size(), output);
    String reason = lines.getFirst().replace("backend 'cuda' does not work here: ", "");
    String clause = reason.split("[:;]")[0];
    assertTrue(lines.getLast().matches(".*[(]not cuda: \\Q" + clause + "\\E[;)].*"), output);
    return reason;
  }

  private void assumeNoneInstalled(String name) throws Exception {
    String installed = run(Map.of(), Finder.class, name).strip();
    assumeTrue(installed.equals("false"), name + " is installed on this machine");
  }

  @Test
  void noDriver() throws Exception {
    assumeNoneInstalled("libcuda.so.1");
    String line = reason(Map.of());
    assertTrue(line.contains("no NVIDIA driver: libcuda.so.1"), line);
    assertTrue(line.contains("libcuda.so.1") && line.contains(folder.toString()), line);
    assertTrue(line.contains("install NVIDIA driver 525 or newer"), line);
  }

  @Test
  void driverTooOld() throws Exception {
    provide("libcuda.so.1");
    String line = reason(Map.of("CUDA_EMU_DRIVER", "11040"));
    assertTrue(line.contains("too old: it supports CUDA 11.4; install driver 525 or newer"), line);
  }

  @Test
  void noDevice() throws Exception {
    provide("libcuda.so.1");
    String line = reason(Map.of("CUDA_EMU_DEVICES", "0"));
    assertTrue(line.contains("CUDA_ERROR_NO_DEVICE"), line);
    assertTrue(line.contains("CUDA_VISIBLE_DEVICES"), line);
  }

  @Test
  void deviceTooOld() throws Exception {
    provide("libcuda.so.1");
    String line = reason(Map.of("CUDA_EMU_CAPABILITY", "75"));
    assertTrue(
        line.contains("has compute capability 7.5; 8.0 (Ampere) or newer is required"), line);
  }

  @Test
  void noCublas() throws Exception {
    assumeNoneInstalled("libcublasLt.so.12");
    provide("libcuda.so.1", "libcublasLt.so.12");
    String line = reason(Map.of());
    assertTrue(line.contains("no cuBLAS: libcublas.so.12 not found in"), line);
    assertTrue(line.contains("-Dmaskalign.cuda.libraries (" + folder), line);
    assertTrue(line.contains("org.bytedeco:cuda:12.3-8.9-1.5.10:linux-x86_64-redist"), line);
  }

  @Test
  void noNvrtc() throws Exception {
    assumeNoneInstalled("libnvrtc.so.12");
    provide("libcuda.so.1", "libcublasLt.so.12", "libcublas.so.12", "libnvrtc-builtins.so.12.3");
    String line = reason(Map.of());
    assertTrue(line.contains("no NVRTC: libnvrtc.so.12 not found in"), line);
  }

  @Test
  void aLibraryThatFailsToLoadIsNamedWithTheReason() throws Exception {
    assumeNoneInstalled("libcublasLt.so.12");
    provide("libcuda.so.1", "libcublasLt.so.12");
    Files.writeString(folder.resolve("libcublas.so.12"), "not a library");
    String line = reason(Map.of());
    assertTrue(line.contains("libcublas.so.12, which failed to load: "), line);
    assertFalse(line.contains("\n"), line);
  }

  @Test
  void everythingIsPresent() throws Exception {
    provide(
        "libcuda.so.1",
        "libcublasLt.so.12",
        "libcublas.so.12",
        "libnvrtc-builtins.so.12.3",
        "libnvrtc.so.12");
    List<String> lines = run(Map.of(), Program.class).lines().toList();
    assertEquals("opened", lines.getFirst());
    assertTrue(lines.getLast().startsWith("Backend: cuda ("), lines.getLast());
  }
}

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

  /** Of the JVM. */
  private final List<String> options = new ArrayList<>();

  /** Prints the error of a required backend, and the explanation of an automatic choice. */
  static final class Program {
    public static void main(String[] args) {
      try {
        BackendOptions device =
            BackendOptions.defaults().withDevice(Integer.getInteger("device", 0));
        Backends.open("cuda", device).close();
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
      Path source = emulator.resolve(file);
      Files.copy(source, folder.resolve(source.getFileName()));
    }
  }

  private void provideCuda12() throws IOException {
    provide("libcublasLt.so.12", "libcublas.so.12", "libnvrtc-builtins.so.12.3", "libnvrtc.so.12");
  }

  private void provideCuda13() throws IOException {
    provide(
        "cuda13/libcublasLt.so.13",
        "cuda13/libcublas.so.13",
        "cuda13/libnvrtc-builtins.so.13.0",
        "cuda13/libnvrtc.so.13");
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
    builder.command().addAll(1, options);
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
    assertTrue(
        line.contains("org.bytedeco:cuda-redist-cublas:12.9-9.10-1.5.12:linux-x86_64"), line);
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
    provide("libcuda.so.1");
    provideCuda12();
    assertOpens(Map.of(), "CUDA 12.3");
  }

  private void assertOpens(Map<String, String> environment, String words) throws Exception {
    String output = run(environment, Program.class);
    List<String> lines = output.lines().toList();
    assertEquals("opened", lines.getFirst(), output);
    assertTrue(lines.getLast().startsWith("Backend: cuda ("), lines.getLast());
    assertTrue(lines.getLast().contains(words), lines.getLast());
  }

  @Test
  void onlyCuda13() throws Exception {
    assumeNoneInstalled("libcublasLt.so.12");
    provide("libcuda.so.1");
    provideCuda13();
    assertOpens(Map.of("CUDA_EMU_DRIVER", "13000"), "CUDA 13.0");
    String line = reason(Map.of("CUDA_EMU_DRIVER", "12090"));
    assertTrue(line.contains("no cuBLAS: libcublasLt.so.12 not found in"), line);
    assertTrue(line.contains("CUDA 13 needs a newer driver than this one, which supports 12.9"));
  }

  @Test
  void newGpusPreferCuda13() throws Exception {
    provide("libcuda.so.1");
    provideCuda12();
    provideCuda13();
    assertOpens(Map.of("CUDA_EMU_DRIVER", "13000", "CUDA_EMU_CAPABILITY", "90"), "CUDA 12.3");
    assertOpens(Map.of("CUDA_EMU_DRIVER", "13000", "CUDA_EMU_CAPABILITY", "120"), "CUDA 13.0");
    assertOpens(Map.of("CUDA_EMU_DRIVER", "12090", "CUDA_EMU_CAPABILITY", "120"), "CUDA 12.3");
  }

  /** As on aarch64, for which there is no JCuda. */
  @Test
  void cuda12WithoutJcuda() throws Exception {
    options.add("-Dmaskalign.cuda.binding=foreign");
    provide("libcuda.so.1");
    provideCuda12();
    assertOpens(Map.of(), "CUDA 12.3");
    options.set(0, "-Dmaskalign.cuda.binding=other");
    String line = run(Map.of(), Program.class).lines().findFirst().orElseThrow();
    assertTrue(line.contains("must be auto, jcuda or foreign, not 'other'"), line);
  }

  @Test
  void oneOfSeveralDevices() throws Exception {
    provide("libcuda.so.1");
    provideCuda12();
    options.add("-Ddevice=1");
    Map<String, String> two = Map.of("CUDA_EMU_DEVICES", "2");
    assertOpens(two, "device 0 of 2 in CUDA's order, fastest first; CUDA_DEVICE_ORDER=PCI_BUS_ID");
    options.set(0, "-Ddevice=2");
    String line = run(two, Program.class).lines().findFirst().orElseThrow();
    assertTrue(line.contains("there is no device 2: 0 is the emulated GPU"), line);
    assertTrue(line.contains("CUDA_VISIBLE_DEVICES"), line);
  }
}

package io.github.maskalign.train.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine and software that a run uses, recorded next to its measurements.
 *
 * @since 0.1.0
 */
public final class MachineInfo {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final String MODEL = "model name";
  private static final List<String> EXTENSIONS =
      List.of("fma", "avx", "avx2", "avx512f", "avx512dq", "avx512vl", "asimd", "sve", "sve2");

  private MachineInfo() {}

  /**
   * Version and commit, backend, processor, Java version and operating system, by name.
   *
   * @param backend description of the backend
   */
  public static Map<String, String> describe(String backend) {
    Map<String, String> machine = new LinkedHashMap<>();
    BuildInfo build = BuildInfo.current();
    machine.put("maskalign", build.version());
    machine.put("commit", build.commit());
    machine.put("backend", backend);
    machine.put("processor", processor());
    machine.put("processor features", features());
    machine.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put("java", Runtime.version().toString());
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    return machine;
  }

  /** The vector extensions of the processor, on which the bits of functions can depend. */
  public static String features() {
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      Set<String> found =
          lines
              .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
              .limit(1)
              .flatMap(line -> Arrays.stream(line.substring(line.indexOf(':') + 1).split(" ")))
              .collect(Collectors.toSet());
      return Stream.concat(Stream.of(architecture()), EXTENSIONS.stream().filter(found::contains))
          .collect(Collectors.joining(" "));
    } catch (IOException | UncheckedIOException e) {
      return architecture(); // Only Linux has such a file.
    }
  }

  private static String processor() {
    try {
      return Files.readString(PROCESSORS)
          .lines()
          .filter(line -> line.startsWith(MODEL))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElseGet(MachineInfo::architecture);
    } catch (IOException e) {
      return architecture(); // Only Linux has such a file.
    }
  }

  private static String architecture() {
    return System.getProperty("os.arch");
  }
}

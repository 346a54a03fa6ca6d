package peers.table;

import io.github.maskalign.tensor.Backends;
import io.github.maskalign.train.checkpoint.BuildInfo;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import peers.work.OurBackend;

/** The machine and the software of a table, without its name. */
public final class Machine {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

  private Machine() {}

  /** Whether the processor is one of Intel's. */
  public static boolean intel() {
    return "GenuineIntel".equals(processor("vendor_id"));
  }

  /** Processor, caches, kernel, date, commit and Java, by name. */
  public static Map<String, String> describe() {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put(
        "Processor",
        "%s (family %s, model %s), %d cores in use; caches of a core: %s"
            .formatted(
                processor("model name"),
                processor("cpu family"),
                processor("model"),
                Runtime.getRuntime().availableProcessors(),
                caches(CACHES)));
    try (Backends.Choice choice = OurBackend.open(1)) {
      machine.put("Vector width", choice.backend().description());
    }
    machine.put(
        "System",
        "%s %s, %s"
            .formatted(System.getProperty("os.name"), System.getProperty("os.version"), arch()));
    machine.put(
        "Java", System.getProperty("java.vendor.version") + ", " + Runtime.version().toString());
    machine.put("MaskAlign", "commit " + BuildInfo.current().commit());
    machine.put("Date", LocalDate.now(ZoneOffset.UTC).toString());
    return machine;
  }

  private static String arch() {
    return System.getProperty("os.arch");
  }

  private static String processor(String key) {
    try {
      return value(Files.readString(PROCESSORS), key);
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** A value of the first processor in the text of {@code /proc/cpuinfo}. */
  static String value(String text, String key) {
    return text.lines()
        .filter(line -> line.matches(key + "\\s*:.*"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /** Such as "L1d 48K, L1i 32K, L2 1024K, L3 32768K". */
  static String caches(Path folder) {
    Map<String, String> sizes = new TreeMap<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "index*")) {
      for (Path cache : found) {
        String type = read(cache, "type");
        String suffix =
            switch (type) {
              case "Data" -> "d";
              case "Instruction" -> "i";
              default -> "";
            };
        sizes.put("L" + read(cache, "level") + suffix, read(cache, "size"));
      }
    } catch (IOException e) {
      return "unknown";
    }
    return sizes.entrySet().stream()
        .map(size -> size.getKey() + " " + size.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String read(Path cache, String file) throws IOException {
    return Files.readString(cache.resolve(file)).strip();
  }
}

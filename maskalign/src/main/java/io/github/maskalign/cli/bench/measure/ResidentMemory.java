package io.github.maskalign.cli.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Memory of this process that lies in the machine, by Linux's account; unknown elsewhere. */
public final class ResidentMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path MARKS = Path.of("/proc/self/clear_refs");
  private static final String PEAK = "VmHWM:";

  private ResidentMemory() {}

  /** Begins a new peak at what is resident now; where that is refused, the old one goes on. */
  public static void resetPeak() {
    try {
      Files.writeString(MARKS, "5", StandardOpenOption.WRITE);
    } catch (IOException e) {
      // No such file, or not ours to write: the peak is then that of the whole run.
    }
  }

  /** Bytes at the peak, or NaN. */
  public static double peak() {
    try {
      return peak(Files.readString(STATUS));
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  /** Reads a line such as {@code VmHWM: 490408 kB}. */
  public static double peak(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith(PEAK))
        .map(line -> line.substring(PEAK.length()).replace("kB", "").strip())
        .mapToDouble(kilobytes -> 1024 * Double.parseDouble(kilobytes))
        .findFirst()
        .orElse(Double.NaN);
  }
}

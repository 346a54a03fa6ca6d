package io.github.maskalign.cli.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Resident memory of this process on Linux; unknown elsewhere. */
public final class ResidentMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path MARKS = Path.of("/proc/self/clear_refs");
  private static final String PEAK = "VmHWM:";

  private ResidentMemory() {}

  /** Resets the peak to the present value, if permitted. */
  public static void resetPeak() {
    try {
      Files.writeString(MARKS, "5", StandardOpenOption.WRITE);
    } catch (IOException e) {
      // Not permitted: the peak is that of the whole process.
    }
  }

  /** Peak in bytes, or NaN. */
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

package io.github.maskalign.cli;

import java.util.Locale;

/** Sizes of files in words, in units of 1,000. */
public final class ByteSize {

  private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

  private ByteSize() {}

  /** Such as {@code 950 B}, {@code 12.3 MB} or {@code 4.2 GB}. */
  public static String text(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double size = bytes / 1e3;
    int unit = 0;
    while (size >= 999.95 && unit < UNITS.length - 1) {
      size /= 1e3;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
  }
}

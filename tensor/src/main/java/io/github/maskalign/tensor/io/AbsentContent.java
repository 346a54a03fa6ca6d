package io.github.maskalign.tensor.io;

import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognizes what often stands in the place of a file that was not downloaded: nothing, a pointer
 * of Git LFS, or a web page.
 *
 * @since 0.1.0
 */
public final class AbsentContent {

  /** Number of first bytes by which it is recognized; a pointer has fewer. */
  public static final int START = 1024;

  /** Of the current specification and of the earlier one. */
  private static final Pattern POINTER =
      Pattern.compile(
          "version https://(?:git-lfs\\.github\\.com|hawser\\.github\\.com)/spec/v\\d.*",
          Pattern.DOTALL);

  private static final Pattern SIZE = Pattern.compile("\nsize (\\d{1,15})\\s*");

  private static final Pattern PAGE =
      Pattern.compile("\\s*<(?:!doctype html|html)[\\s>].*", Pattern.DOTALL);

  private AbsentContent() {}

  /**
   * What is there instead of the content, and what to do; empty if it may be content.
   *
   * @param start of the file: its first {@link #START} bytes, or all if it has fewer
   */
  public static Optional<String> problem(byte[] start) {
    if (start.length == 0) {
      return Optional.of("is empty (0 bytes); copy or download it again");
    }
    return substitute(start);
  }

  /** The same, except that an empty file may be content. */
  public static Optional<String> substitute(byte[] start) {
    int length = Math.min(start.length, START);
    String text = new String(start, 0, length, StandardCharsets.ISO_8859_1);
    if (POINTER.matcher(text).matches()) {
      Matcher size = SIZE.matcher(text);
      String whole =
          size.find() ? " of %,d bytes".formatted(Long.parseLong(size.group(1))) : " itself";
      return Optional.of(
          "is only a Git LFS pointer to the file%s; run 'git lfs pull' in its repository, or"
                  .formatted(whole)
              + " download the file");
    }
    return PAGE.matcher(text.toLowerCase(Locale.ROOT)).matches()
        ? Optional.of("is a web page (HTML) instead of the file; download the file itself")
        : Optional.empty();
  }

  /**
   * Requires content.
   *
   * @param start of the file: its first {@link #START} bytes, or all if it has fewer
   * @throws FormatException if something else is in its place
   */
  public static void refuse(Path file, byte[] start) {
    problem(start)
        .ifPresent(
            what -> {
              throw new FormatException(file + ": " + what);
            });
  }

  /**
   * Requires a regular file with content.
   *
   * @throws FormatException if it is something else, or something else is in its place
   * @throws IOException if it is missing or cannot be read
   */
  public static void refuse(Path file) throws IOException {
    BoundedFiles.requireRegular(file);
    try (InputStream in = Files.newInputStream(file)) {
      refuse(file, in.readNBytes(START));
    }
  }
}

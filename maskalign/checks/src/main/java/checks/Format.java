package checks;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks that every Java source is in google-java-format, or formats it.
 *
 * <p>Why not a Maven plugin: Spotless, fmt-maven-plugin and git-code-format-maven-plugin load the
 * formatter into the Java that runs Maven and ignore toolchains. That may be Java 17, which the
 * formatter no longer supports and whose parser cannot read Java 25. The build starts this class
 * with the JDK that it selected.
 */
final class Format {

  private Format() {}

  /** Arguments: the root of the repository, {@code check} or {@code apply}. */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]).toRealPath();
    boolean apply =
        switch (args[1]) {
          case "apply" -> true;
          case "check" -> false;
          default ->
              throw new IllegalArgumentException("format: expected check or apply, got " + args[1]);
        };
    List<Path> unformatted = unformatted(root, apply);
    for (Path file : unformatted) {
      System.err.println((apply ? "formatted " : "not formatted: ") + root.relativize(file));
    }
    if (!unformatted.isEmpty() && !apply) {
      System.err.println("To format: mvn -N -q verify -Dformat=apply");
      System.exit(1);
    }
  }

  /** The sources that were not formatted; with {@code apply}, they are now. */
  static List<Path> unformatted(Path root, boolean apply) throws IOException {
    return Modules.sources(root).parallelStream().filter(file -> differs(file, apply)).toList();
  }

  private static boolean differs(Path file, boolean apply) {
    try {
      String source = Files.readString(file);
      String formatted = format(source);
      if (source.equals(formatted)) {
        return false;
      }
      if (apply) {
        Files.writeString(file, formatted);
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FormatterException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static String format(String source) throws FormatterException {
    String trimmed = RemoveUnusedImports.removeUnusedImports(source);
    String ordered = ImportOrderer.reorderImports(trimmed, JavaFormatterOptions.Style.GOOGLE);
    return new Formatter().formatSource(ordered);
  }
}

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds every Java source of the repository against google-java-format, or with {@code apply}
 * rewrites it. Spotless would run the formatter inside Maven's own Java, which may be too old to
 * read the sources, so the build starts this with the JDK that it selected.
 */
final class Format {
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    boolean apply =
        switch (args[1]) {
          case "apply" -> true;
          case "check" -> false;
          default -> throw new IllegalArgumentException("format is check or apply: " + args[1]);
        };
    List<Path> wrong = sources(root).stream().parallel().filter(f -> differs(f, apply)).toList();
    for (Path file : wrong) {
      System.err.println((apply ? "formatted " : "not formatted: ") + root.relativize(file));
    }
    if (!wrong.isEmpty() && !apply) {
      System.err.println("To format: mvn -N -q verify -Dformat=apply");
      System.exit(1);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    try (Stream<Path> folders = Files.list(root)) {
      return folders
          .map(folder -> folder.endsWith(".ci") ? folder : folder.resolve("src"))
          .filter(Files::exists)
          .flatMap(Format::javaFiles)
          .sorted()
          .toList();
    }
  }

  private static Stream<Path> javaFiles(Path start) {
    try (Stream<Path> files = Files.walk(start)) {
      return files.filter(f -> f.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean differs(Path file, boolean apply) {
    try {
      String found = Files.readString(file);
      String wanted = format(found);
      if (found.equals(wanted)) {
        return false;
      }
      if (apply) {
        Files.writeString(file, wanted);
      }
      return true;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (FormatterException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static String format(String source) throws FormatterException {
    var style = JavaFormatterOptions.Style.GOOGLE;
    String tidy = RemoveUnusedImports.removeUnusedImports(source);
    return new Formatter().formatSource(ImportOrderer.reorderImports(tidy, style));
  }
}

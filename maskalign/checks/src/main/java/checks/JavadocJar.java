package checks;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DocumentationTool;
import javax.tools.JavaFileObject;

/**
 * Writes the Javadoc of a module's exported packages to a jar, with the module's LICENSE and
 * NOTICE. Any warning is an error. The Javadoc plugin of Maven reads modules with the Java that
 * runs Maven, which may be too old; this runs on the JDK that compiles.
 */
final class JavadocJar {
  private JavadocJar() {}

  /**
   * Arguments: the module path, the module's sources, its classes, the jar, the time of the jar's
   * entries, and the title.
   */
  public static void main(String[] args) throws IOException {
    List<String> problems =
        write(args[0], Path.of(args[1]), Path.of(args[2]), Path.of(args[3]), args[4], args[5]);
    problems.forEach(System.err::println);
    if (!problems.isEmpty()) {
      System.exit(1);
    }
  }

  /** Returns the warnings and errors, with which no jar is written. */
  static List<String> write(
      String modulePath, Path sources, Path classes, Path jar, String time, String title)
      throws IOException {
    Files.deleteIfExists(jar);
    Path pages = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "javadoc");
    try {
      List<String> problems = document(modulePath, sources, classes, pages, title);
      if (problems.isEmpty()) {
        pack(pages, classes, jar, time);
      }
      return problems;
    } finally {
      delete(pages);
    }
  }

  private static List<String> document(
      String modulePath, Path sources, Path classes, Path pages, String title) {
    String module = ModuleFinder.of(classes).findAll().iterator().next().descriptor().name();
    // Sentences describe parameters and results with their shapes, so doclint requires no tags;
    // ApiDocs requires the sentences.
    List<String> options =
        List.of(
            "-quiet",
            "-notimestamp",
            "-encoding",
            "UTF-8",
            "-locale",
            "en",
            "-Xdoclint:all,-missing",
            "-windowtitle",
            title,
            "-d",
            pages.toString(),
            "--module-path",
            modulePath,
            "--module-source-path",
            module + "=" + sources,
            "--module",
            module);
    List<String> problems = new ArrayList<>();
    DocumentationTool javadoc = javax.tools.ToolProvider.getSystemDocumentationTool();
    boolean documented =
        javadoc.getTask(null, null, found -> add(found, problems), null, options, null).call();
    if (!documented && problems.isEmpty()) {
      problems.add("javadoc failed, see above");
    }
    return problems;
  }

  private static void add(Diagnostic<? extends JavaFileObject> found, List<String> problems) {
    boolean isProblem =
        switch (found.getKind()) {
          case ERROR -> true;
          // Javadoc has no option against this warning.
          case WARNING, MANDATORY_WARNING ->
              !found.getCode().equals("compiler.warn.incubating.modules");
          case NOTE, OTHER -> false;
        };
    if (isProblem) {
      problems.add(found.toString());
    }
  }

  private static void pack(Path pages, Path classes, Path jar, String time) {
    int status =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "--create",
                "--file=" + jar,
                "--date=" + time,
                "-C",
                pages.toString(),
                ".",
                "-C",
                classes.toString(),
                "META-INF/LICENSE",
                "-C",
                classes.toString(),
                "META-INF/NOTICE");
    if (status != 0) {
      throw new IllegalStateException("jar ended with status " + status);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

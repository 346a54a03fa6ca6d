package checks;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the modules of the repository: every folder with a pom, at any depth. */
final class Modules {

  /** Folders without modules: sources, build results and training runs. */
  private static final Set<String> SKIPPED = Set.of("src", "target", "runs");

  private Modules() {}

  /** Sorted; with the root itself, with modules of profiles and with projects outside the build. */
  static List<Path> below(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = String.valueOf(folder.getFileName());
            if (!folder.equals(root) && (name.startsWith(".") || SKIPPED.contains(name))) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            if (Files.exists(folder.resolve("pom.xml"))) {
              found.add(folder);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found.stream().sorted().toList();
  }

  /** Every Java source below the {@code src} of a module, sorted. */
  static List<Path> sources(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path module : below(root)) {
      Path sources = module.resolve("src");
      if (Files.exists(sources)) {
        try (Stream<Path> files = Files.walk(sources)) {
          files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
        }
      }
    }
    return found.stream().sorted().toList();
  }
}

package checks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks that the root of the repository has no files but the known ones. */
final class RootFiles {

  private static final Set<String> KNOWN =
      Set.of(
          "pom.xml",
          "README.md",
          "LICENSE",
          "NOTICE",
          "CHANGELOG.md",
          "docs",
          "bin",
          "tensor",
          "autograd",
          "backend-cpu",
          "backend-cuda",
          "vit",
          "maskalign",
          "examples",
          "test-vectors");

  private RootFiles() {}

  /** Argument: the root of the repository. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Set<String> stray = stray(Path.of(args[0]).toRealPath());
    if (!stray.isEmpty()) {
      System.err.println(
          "stray files at the root of the repository: "
              + String.join(", ", stray)
              + "\nMove them into a module or docs, delete them, or add them to .gitignore."
              + "\nAllowed: names that begin with a dot, "
              + KNOWN.stream().sorted().collect(Collectors.joining(", ")));
      System.exit(1);
    }
  }

  /** Names at the root that are not known, not ignored, and do not begin with a dot. */
  static Set<String> stray(Path root) throws IOException, InterruptedException {
    Set<String> names = new TreeSet<>(tracked(root).orElseGet(Set::of));
    if (names.isEmpty()) {
      names.addAll(listed(root));
    }
    names.removeIf(
        name -> name.startsWith(".") || KNOWN.contains(name) || !Files.exists(root.resolve(name)));
    return names;
  }

  /** What Git tracks or would add; empty if there is no Git or the folder is not a repository. */
  private static Optional<Set<String>> tracked(Path root) throws IOException, InterruptedException {
    Optional<String> prefix = git(root, "rev-parse", "--show-prefix");
    if (prefix.isEmpty() || !prefix.get().isBlank()) {
      return Optional.empty();
    }
    return git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        .map(
            files ->
                Stream.of(files.split("\0"))
                    .map(file -> file.split("/", 2)[0])
                    .collect(Collectors.toSet()));
  }

  private static Optional<String> git(Path root, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(Stream.of("git", "-C", root.toString()), Stream.of(arguments)).toList();
    Process process;
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      return Optional.empty();
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
  }

  /**
   * What the folder contains, without what {@code .gitignore} names by patterns without folders.
   */
  private static Set<String> listed(Path root) throws IOException {
    Path file = root.resolve(".gitignore");
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    List<PathMatcher> ignored =
        lines.stream()
            .map(line -> line.strip().replaceFirst("^/", "").replaceFirst("/$", ""))
            .filter(line -> !line.isEmpty() && !line.matches("[#!].*|.*/.*"))
            .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
            .toList();
    try (Stream<Path> files = Files.list(root)) {
      return files
          .map(Path::getFileName)
          .filter(name -> ignored.stream().noneMatch(pattern -> pattern.matches(name)))
          .map(Path::toString)
          .collect(Collectors.toSet());
    }
  }
}

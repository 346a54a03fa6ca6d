package checks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the version and the commit that a build is made from to a properties file. Outside of a
 * clone, or without git, the commit is unknown.
 */
final class BuildInfo {
  private BuildInfo() {}

  /** Arguments: the file, and the version. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path file = Path.of(args[0]);
    String commit = git("rev-parse", "--short=12", "HEAD");
    if (!commit.equals("unknown") && !git("status", "--porcelain", "-uno").isEmpty()) {
      commit += "+changes";
    }
    Files.createDirectories(file.getParent());
    Files.writeString(file, "version=%s\ncommit=%s\n".formatted(args[1], commit));
  }

  private static String git(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "git";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try {
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return git.waitFor() == 0 ? output.strip() : "unknown";
    } catch (IOException noGit) {
      return "unknown";
    }
  }
}

package io.github.maskalign.cli.settings;

import java.nio.file.Path;

/**
 * Command lines that the user can copy.
 *
 * @since 0.1.0
 */
public final class RunCommand {

  private RunCommand() {}

  /** The command line that resumes a run. */
  public static String resume(String command, Path folder) {
    return "bin/maskalign %s --resume --out %s".formatted(command, quoted(folder.toString()));
  }

  /** A word as a shell reads it. */
  public static String quoted(String word) {
    boolean plain = word.matches("[\\w./:=@%+,\\\\-]+") && !word.startsWith("-");
    return plain ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}

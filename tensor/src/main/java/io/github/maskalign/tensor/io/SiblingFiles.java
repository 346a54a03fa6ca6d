package io.github.maskalign.tensor.io;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * File names that a file contains, such as those of shards in an index. They must stay within the
 * folder of that file.
 *
 * @since 0.1.0
 */
public final class SiblingFiles {

  /** Separators of any system: a file must mean the same everywhere. */
  private static final String SEPARATORS = "/\\:";

  private SiblingFiles() {}

  /**
   * The path of a file in the same folder as the file that names it. A symbolic link there is as
   * good as a file: whoever owns the folder placed it, as the Hub's cache does.
   *
   * @param owner the file that contains the name
   * @param what the name stands for, for messages
   * @throws FormatException if it is not the name of a single file: a path, a name with control
   *     characters, or one that the file system does not support
   */
  public static Path resolve(Path owner, String name, String what) {
    if (!isPlain(name)) {
      throw refused(owner, name, what, null);
    }
    try {
      Path relative = FileNames.resolve(Path.of(""), name);
      if (relative.isAbsolute() || relative.getNameCount() != 1) {
        throw refused(owner, name, what, null);
      }
      return owner.resolveSibling(relative);
    } catch (InvalidPathException e) {
      throw refused(owner, name, what, e);
    }
  }

  private static boolean isPlain(String name) {
    return !name.isBlank()
        && !name.equals(".")
        && !name.equals("..")
        && name.chars().noneMatch(c -> SEPARATORS.indexOf(c) >= 0)
        && Printable.line(name).equals(name);
  }

  private static FormatException refused(
      Path owner, String name, String what, @Nullable InvalidPathException cause) {
    return new FormatException(
        "%s: %s '%s' is invalid: expected the name of a file in the same folder"
            .formatted(owner, what, Printable.line(clipped(name))),
        cause);
  }

  private static String clipped(String name) {
    return name.length() <= 100 ? name : name.substring(0, 100) + "...";
  }
}

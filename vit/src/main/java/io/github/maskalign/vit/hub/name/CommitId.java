package io.github.maskalign.vit.hub.name;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import java.util.regex.Pattern;

/**
 * A commit: 40 lower-case hexadecimal digits.
 *
 * @since 0.1.0
 */
public record CommitId(String hex) {

  private static final int ABBREVIATION = 8;
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{40}");

  /**
   * Checks the digits, which become the name of a folder.
   *
   * @throws FormatException if it is no commit
   */
  public CommitId {
    if (!isValid(hex)) {
      throw new FormatException("'%s' is no commit".formatted(Printable.line(hex)));
    }
  }

  /** Whether a text is a commit. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  /** The first digits, which identify it among those of a repository, for messages. */
  public String abbreviated() {
    return hex.substring(0, ABBREVIATION);
  }

  @Override
  public String toString() {
    return hex;
  }
}

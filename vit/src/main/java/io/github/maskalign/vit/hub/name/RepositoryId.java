package io.github.maskalign.vit.hub.name;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a repository of a model, such as {@code openai/clip-vit-base-patch16}; a few old ones
 * have no organization.
 *
 * @since 0.1.0
 */
public record RepositoryId(String name) {

  private static final int MAX_LENGTH = 96;
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]+");

  /** What the cache calls a repository of a model. */
  private static final String FOLDER = "models--";

  private static final String SEPARATOR = "--";

  /**
   * Checks the name, before anything is asked or written under it.
   *
   * @throws ArgumentException if no repository can have it
   */
  public RepositoryId {
    String problem = problem(name);
    if (problem != null) {
      throw new ArgumentException(
          "'%s' is no name of a repository: %s; expected ORG/NAME"
              .formatted(Printable.line(name), problem));
    }
  }

  private static @Nullable String problem(String name) {
    String[] parts = name.split("/", -1);
    if (parts.length > 2) {
      return "it has %d parts".formatted(parts.length);
    }
    for (String part : parts) {
      if (part.isEmpty()) {
        return "a part is empty";
      }
      if (part.length() > MAX_LENGTH) {
        return "a part is longer than %d characters".formatted(MAX_LENGTH);
      }
      if (!PART.matcher(part).matches()) {
        return "a part contains other characters than A-Z, a-z, 0-9, _, . and -";
      }
      if ("-.".indexOf(part.charAt(0)) >= 0 || "-.".indexOf(part.charAt(part.length() - 1)) >= 0) {
        return "a part begins or ends with - or .";
      }
    }
    if (name.contains("--") || name.contains("..")) {
      return "it contains -- or ..";
    }
    return name.endsWith(".git") ? "it ends with .git" : null;
  }

  /** The repository that a folder of the cache belongs to; empty if it is another folder. */
  public static Optional<RepositoryId> ofFolder(String folder) {
    if (!folder.startsWith(FOLDER)) {
      return Optional.empty();
    }
    String name = folder.substring(FOLDER.length()).replace(SEPARATOR, "/");
    return problem(name) == null ? Optional.of(new RepositoryId(name)) : Optional.empty();
  }

  /** Whether a text has the form ORG/NAME and could be the name of a repository. */
  public static boolean isQualified(String text) {
    return text.indexOf('/') > 0 && problem(text) == null;
  }

  /** Its folder in the cache. */
  public String folder() {
    return FOLDER + name.replace("/", SEPARATOR);
  }

  @Override
  public String toString() {
    return name;
  }
}

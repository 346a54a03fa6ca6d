package io.github.maskalign.vit.hub.name;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import java.util.Arrays;
import java.util.Optional;

/**
 * A revision of a repository: a branch, a tag, {@code refs/pr/1}, or a commit.
 *
 * @since 0.1.0
 */
public record Revision(String name) {

  /** The default branch. */
  public static final Revision MAIN = new Revision("main");

  private static final int MAX_LENGTH = 255;

  /**
   * Checks the name, which becomes a path in the cache.
   *
   * @throws ArgumentException if no revision can have it
   */
  public Revision {
    if (!isValid(name)) {
      throw new ArgumentException(
          "'%s' is no revision; expected a branch, a tag, refs/pr/NUMBER or a commit"
              .formatted(Printable.line(name)));
    }
  }

  private static boolean isValid(String name) {
    return name.length() <= MAX_LENGTH
        && name.codePoints().allMatch(Revision::isPrintable)
        && Arrays.stream(name.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.startsWith(".") || part.endsWith("."));
  }

  private static boolean isPrintable(int c) {
    return c > ' '
        && !Character.isISOControl(c)
        && Character.getType(c) != Character.SURROGATE
        && "\\:*?~^<>|\"".indexOf(c) < 0;
  }

  /** The commit that this is; empty for a branch, a tag or a short commit. */
  public Optional<CommitId> commit() {
    return CommitId.isValid(name) ? Optional.of(new CommitId(name)) : Optional.empty();
  }

  @Override
  public String toString() {
    return name;
  }
}

package io.github.maskalign.vit.hub.name;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Optional;

/**
 * A model on the Hub: {@code hf:ORG/NAME}, or {@code hf:ORG/NAME@REVISION}.
 *
 * @param repository its repository
 * @param revision of the repository
 * @since 0.1.0
 */
public record ModelReference(RepositoryId repository, Revision revision) {

  /** Tells names on the Hub from paths. */
  public static final String PREFIX = "hf:";

  /** The default branch of a repository. */
  public static ModelReference of(RepositoryId repository) {
    return new ModelReference(repository, Revision.MAIN);
  }

  /**
   * The model that a text names; empty if it does not begin with {@code hf:}.
   *
   * @throws ArgumentException if it does, but no model can have the rest as its name
   */
  public static Optional<ModelReference> parse(String text) {
    return text.startsWith(PREFIX)
        ? Optional.of(ofName(text.substring(PREFIX.length())))
        : Optional.empty();
  }

  /**
   * The model of a name without the prefix.
   *
   * @throws ArgumentException if no model can have it
   */
  public static ModelReference ofName(String name) {
    int at = name.indexOf('@');
    return at < 0
        ? of(new RepositoryId(name))
        : new ModelReference(
            new RepositoryId(name.substring(0, at)), new Revision(name.substring(at + 1)));
  }

  @Override
  public String toString() {
    return PREFIX + repository + (revision.equals(Revision.MAIN) ? "" : "@" + revision);
  }
}

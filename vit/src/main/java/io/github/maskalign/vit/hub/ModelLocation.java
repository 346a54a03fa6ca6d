package io.github.maskalign.vit.hub;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.hub.name.PublishedModel;
import io.github.maskalign.vit.hub.name.RepositoryId;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a model is, as a user writes it: a weight file or folder, {@code hf:ORG/NAME} or {@code
 * hf:ORG/NAME@REVISION} for one on the Hub, or the short name of a {@link PublishedModel}. A file
 * or folder that exists comes first.
 *
 * @since 0.1.0
 */
public final class ModelLocation {

  private final String text;
  private final @Nullable ModelReference reference;
  private final @Nullable Path path;
  private final Map<ModelPart, Path> fetched = new EnumMap<>(ModelPart.class);

  private ModelLocation(String text, @Nullable ModelReference reference, @Nullable Path path) {
    this.text = text;
    this.reference = reference;
    this.path = path;
  }

  /**
   * The location that a text names; what is not on the Hub need not exist.
   *
   * @throws ArgumentException if it begins with {@code hf:} and no model can have the name, or is
   *     no path
   */
  public static ModelLocation parse(String text) {
    Optional<ModelReference> reference = ModelReference.parse(text);
    if (reference.isPresent()) {
      return new ModelLocation(text, reference.get(), null);
    }
    Path path = path(text);
    if (Files.notExists(path)) {
      Optional<PublishedModel> published = PublishedModel.find(text);
      if (published.isPresent()) {
        return new ModelLocation(text, ModelReference.of(published.get().repository()), null);
      }
    }
    return new ModelLocation(text, null, path);
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new ArgumentException(
          "'%s' is no path: %s".formatted(Printable.line(text), e.getReason()), e);
    }
  }

  private static boolean isMeantForHub(String text) {
    return RepositoryId.isQualified(
        text.contains("@") ? text.substring(0, text.indexOf('@')) : text);
  }

  /** A file or folder. */
  public static ModelLocation of(Path path) {
    return new ModelLocation(path.toString(), null, path);
  }

  /** The model on the Hub; empty for a file or folder. */
  public Optional<ModelReference> reference() {
    return Optional.ofNullable(reference);
  }

  /**
   * The weight file or folder on this machine; the first call fetches what the cache lacks, and
   * later calls for the same part return the same.
   *
   * @param hub opened for a model on the Hub only
   * @throws io.github.maskalign.vit.hub.access.HubException if the Hub does not give it
   * @throws ArgumentException if there is no such file or folder, and it could be a name on the Hub
   */
  public synchronized Path path(Supplier<Hub> hub, ModelPart part, FetchListener listener) {
    if (reference != null) {
      return fetched.computeIfAbsent(
          part, _ -> hub.get().fetch(reference, part, listener).weights());
    }
    if (Files.notExists(path) && isMeantForHub(text)) {
      throw new ArgumentException(
          "there is no file or folder %s; for the repository of that name on the Hub, write %s%s"
              .formatted(Printable.line(text), ModelReference.PREFIX, text));
    }
    return path;
  }

  /**
   * The same by the settings of the environment; what the user should know is logged as a warning.
   *
   * @throws io.github.maskalign.vit.hub.access.HubException if the Hub does not give it
   */
  public Path path(ModelPart part) {
    return path(() -> Hub.of(HubOptions.fromEnvironment()), part, FetchListener.LOG);
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ModelLocation location
        && location.text.equals(text)
        && Objects.equals(location.reference, reference);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}

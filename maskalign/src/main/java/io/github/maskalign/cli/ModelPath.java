package io.github.maskalign.cli;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.hub.Hub;
import io.github.maskalign.vit.hub.HubOptions;
import io.github.maskalign.vit.hub.ModelLocation;
import io.github.maskalign.vit.hub.ModelPart;
import io.github.maskalign.vit.hub.name.ModelReference;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A model as the value of an option: a weight file or folder, {@code hf:ORG/NAME}, or a short name.
 * It is fetched when it is used, with its progress on standard error.
 *
 * @param location as it was written
 * @since 0.1.0
 */
public record ModelPath(ModelLocation location) {

  /** For the descriptions of options. */
  public static final String KINDS =
      "a weight file or folder, hf:ORG/NAME on the Hub, or a short name such as clip_b16";

  /** Converts the arguments of options. */
  public static final class Converter implements ITypeConverter<ModelPath> {
    @Override
    public ModelPath convert(String text) {
      if (text.isEmpty()) {
        throw new TypeConversionException("the name of the model is empty");
      }
      try {
        return parse(text);
      } catch (ArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /**
   * The model that a text names.
   *
   * @throws io.github.maskalign.tensor.error.ArgumentException if no model can have the name
   */
  public static ModelPath parse(String text) {
    return new ModelPath(ModelLocation.parse(text));
  }

  /** The model of a name on the Hub. */
  public static ModelPath of(ModelReference model) {
    return parse(model.toString());
  }

  /** The weight file or folder on this machine; null if no model was given. */
  public static @Nullable Path path(@Nullable ModelPath model) {
    return model == null ? null : model.path();
  }

  /**
   * The weight file or folder on this machine.
   *
   * @throws io.github.maskalign.vit.hub.access.HubException if the Hub does not give it
   */
  public Path path() {
    return path(ModelPart.NETWORK);
  }

  /** The same with what else of the model is needed. */
  public Path path(ModelPart part) {
    try (FetchProgress progress = FetchProgress.onStandardError()) {
      return location.path(() -> Hub.of(HubOptions.fromEnvironment()), part, progress);
    }
  }

  /** As it was written. */
  @Override
  public String toString() {
    return location.toString();
  }
}

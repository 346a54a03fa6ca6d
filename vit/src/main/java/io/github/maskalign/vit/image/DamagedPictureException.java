package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.FormatException;
import org.jspecify.annotations.Nullable;

/**
 * An image cannot be read or decoded, or has no usable shape.
 *
 * @since 0.1.0
 */
public final class DamagedPictureException extends FormatException {

  /** The name of an image that has none, such as decoded pixels. */
  public static final String UNNAMED = "the image";

  private static final long serialVersionUID = 1L;

  private final String name;
  private final String reason;

  /**
   * Reports an image.
   *
   * @param name usually its file
   * @param reason in a few words
   */
  public DamagedPictureException(String name, String reason, @Nullable Throwable cause) {
    super(name + ": " + reason, cause);
    this.name = name;
    this.reason = reason;
  }

  /** The image, usually its file. */
  public String name() {
    return name;
  }

  /** The same with a name, if it has none. */
  public DamagedPictureException named(String newName) {
    return name.equals(UNNAMED) ? new DamagedPictureException(newName, reason, this) : this;
  }

  /** Why it cannot be used. */
  public String reason() {
    return reason;
  }
}

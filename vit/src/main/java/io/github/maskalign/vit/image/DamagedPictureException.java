package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.FormatException;
import org.jspecify.annotations.Nullable;

/**
 * A picture cannot be read or decoded; its neighbors may well be whole.
 *
 * @since 0.1.0
 */
public final class DamagedPictureException extends FormatException {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final String reason;

  /**
   * Names a picture and what is wrong with it.
   *
   * @param name usually its file
   * @param reason in a few words
   */
  public DamagedPictureException(String name, String reason, @Nullable Throwable cause) {
    super(name + ": " + reason, cause);
    this.name = name;
    this.reason = reason;
  }

  /** The picture, usually its file. */
  public String name() {
    return name;
  }

  /** What is wrong with it. */
  public String reason() {
    return reason;
  }
}

package io.github.maskalign.vit.embed;

import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import java.awt.image.BufferedImage;
import java.nio.file.Path;

/**
 * An image to embed or classify.
 *
 * @since 0.1.0
 */
public sealed interface ImageInput {

  /** An image file. */
  record OfFile(Path file) implements ImageInput {}

  /**
   * The content of an image file.
   *
   * @param name for messages
   */
  record OfContent(byte[] content, String name) implements ImageInput {}

  /** Decoded pixels. */
  record OfPicture(Picture picture) implements ImageInput {}

  /** An image file. */
  static ImageInput of(Path file) {
    return new OfFile(file);
  }

  /** The content of an image file. */
  static ImageInput of(byte[] content) {
    return of(content, DamagedPictureException.UNNAMED);
  }

  /**
   * The content of an image file.
   *
   * @param name for messages, such as that of an upload
   */
  static ImageInput of(byte[] content, String name) {
    return new OfContent(content, name);
  }

  /** A decoded image. */
  static ImageInput of(BufferedImage image) {
    return of(Picture.of(image));
  }

  /** Decoded pixels. */
  static ImageInput of(Picture picture) {
    return new OfPicture(picture);
  }
}

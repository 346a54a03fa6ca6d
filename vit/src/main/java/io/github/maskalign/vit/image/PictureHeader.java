package io.github.maskalign.vit.image;

/**
 * The header of an image file.
 *
 * @param format of the file
 * @param width columns as stored
 * @param height rows as stored
 * @param orientation of the stored pixels
 * @since 0.1.0
 */
public record PictureHeader(PictureFormat format, int width, int height, Orientation orientation) {

  /** Number of pixels, possibly more than an array can have. */
  public long pixels() {
    return (long) width * height;
  }

  @Override
  public String toString() {
    return "%s of %d x %d pixels".formatted(format, width, height);
  }
}

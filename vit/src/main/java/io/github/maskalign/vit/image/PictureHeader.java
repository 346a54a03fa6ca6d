package io.github.maskalign.vit.image;

/**
 * What a picture file says of itself before it is decoded.
 *
 * @param format of the file
 * @param width columns as stored
 * @param height rows as stored
 * @param orientation how to see it upright
 * @since 0.1.0
 */
public record PictureHeader(PictureFormat format, int width, int height, Orientation orientation) {

  /** Number of pixels, which may be more than an array can have. */
  public long pixels() {
    return (long) width * height;
  }

  @Override
  public String toString() {
    return "%s of %d x %d pixels".formatted(format, width, height);
  }
}

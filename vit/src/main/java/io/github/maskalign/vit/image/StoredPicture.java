package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * An image with the samples of its file, whose meaning is its mode. {@link Picture} has what most
 * programs need of it, gray or color; this is for preprocessing that depends on the rest.
 *
 * @param mode meaning of the samples
 * @param samples as many planes as the mode has
 * @param colors of a palette, else null
 * @param key the gray value or color that is transparent, or null
 * @since 0.1.0
 */
public record StoredPicture(
    PixelMode mode, Picture samples, @Nullable ColorTable colors, int @Nullable [] key) {

  private static final int OPAQUE = 255;

  /**
   * Checks the number of planes.
   *
   * @throws ShapeException if it is not that of the mode
   */
  public StoredPicture {
    if (samples.channels() != mode.planes()) {
      throw new ShapeException(
          "%s: expected %d planes, got the %s".formatted(mode.title(), mode.planes(), samples));
    }
    if ((mode == PixelMode.PALETTE) != (colors != null)) {
      throw new ShapeException("a palette is for images of indexes, this one is " + mode.title());
    }
  }

  /** An image of gray or color. */
  public static StoredPicture of(Picture picture) {
    PixelMode mode = picture.channels() == 1 ? PixelMode.GRAY : PixelMode.RGB;
    return new StoredPicture(mode, picture, null, null);
  }

  /** An image of a mode without palette. */
  public static StoredPicture of(PixelMode mode, Picture samples) {
    return new StoredPicture(mode, samples, null, null);
  }

  /** With other samples of the same mode. */
  public StoredPicture with(Picture others) {
    return new StoredPicture(mode, others, colors, key);
  }

  /** Whether some of its pixels may be transparent. */
  public boolean transparent() {
    return mode.alpha() || key != null || colors != null && colors.transparent();
  }

  /** The gray value at an index of a plane of 16 bits. */
  public int wide(int index) {
    byte[] pixels = samples.pixels();
    return (pixels[samples.plane(0) + index] & 0xff) << 8 | pixels[samples.plane(1) + index] & 0xff;
  }

  /**
   * To RGB as in Pillow's {@code convert("RGB")}: alpha is dropped, gray values of 16 bits above
   * 255 become 255, and no color profile is applied.
   */
  public Picture rgb() {
    return switch (mode) {
      case RGB -> samples;
      case BILEVEL, GRAY -> samples.rgb();
      case GRAY_ALPHA -> planes(1).rgb();
      case RGBA -> planes(Picture.RGB);
      case PALETTE -> colors.expanded(samples, Picture.RGB);
      case GRAY_16 -> clamped().rgb();
      case CMYK -> Inks.rgb(samples);
    };
  }

  /** Gray if it is stored as gray of 8 bits, else {@link #rgb}. */
  Picture planes() {
    return mode == PixelMode.GRAY ? samples : rgb();
  }

  /** To RGB, over white where it is transparent. */
  public Picture onWhite() {
    return transparent() ? overWhite(rgba()) : rgb();
  }

  /**
   * To {@link #rgb} with the color that is transparent, if it is a single one: what an image is
   * after Pillow's {@code convert("RGB")}.
   */
  public StoredPicture keyedRgb() {
    return new StoredPicture(PixelMode.RGB, rgb(), null, colorKey());
  }

  private int @Nullable [] colorKey() {
    if (colors != null) {
      return colors.transparentColor();
    }
    if (key == null || mode == PixelMode.RGB) {
      return key;
    }
    // Pillow keeps a single number for these modes, and then takes it for the level of red.
    boolean red = mode == PixelMode.BILEVEL || mode == PixelMode.GRAY_16;
    return red ? new int[] {key[0], 0, 0} : new int[] {key[0], key[0], key[0]};
  }

  /** To RGB and alpha. */
  Picture rgba() {
    return switch (mode) {
      case RGBA -> samples;
      case GRAY_ALPHA -> withAlpha(planes(1).rgb(), samples.pixels(), samples.plane(1));
      case PALETTE -> colors.expanded(samples, Picture.RGB + 1);
      default -> {
        Picture rgb = rgb();
        yield withAlpha(rgb, keyed(rgb), 0);
      }
    };
  }

  private static Picture withAlpha(Picture rgb, byte[] alpha, int from) {
    int area = rgb.area();
    byte[] planes = new byte[(Picture.RGB + 1) * area];
    System.arraycopy(rgb.pixels(), rgb.offset(), planes, 0, Picture.RGB * area);
    System.arraycopy(alpha, from, planes, Picture.RGB * area, area);
    return Picture.of(planes, Picture.RGB + 1, rgb.height(), rgb.width());
  }

  /** Alpha 0 where the color is the key, of which Pillow compares the lower byte. */
  private byte[] keyed(Picture rgb) {
    byte[] alpha = new byte[rgb.area()];
    for (int i = 0; i < alpha.length; i++) {
      boolean equal = true;
      for (int c = 0; c < Picture.RGB; c++) {
        equal &= rgb.pixels()[rgb.plane(c) + i] == (byte) key[Math.min(c, key.length - 1)];
      }
      alpha[i] = (byte) (equal ? 0 : OPAQUE);
    }
    return alpha;
  }

  /** Pillow's alpha_composite on opaque white. */
  private static Picture overWhite(Picture rgba) {
    int area = rgba.area();
    byte[] planes = new byte[Picture.RGB * area];
    for (int c = 0; c < Picture.RGB; c++) {
      for (int i = 0; i < area; i++) {
        int alpha = rgba.pixels()[rgba.plane(Picture.RGB) + i] & 0xff;
        int color = rgba.pixels()[rgba.plane(c) + i] & 0xff;
        int sum = 128 * (color * alpha + OPAQUE * (OPAQUE - alpha)) + (1 << 14);
        planes[c * area + i] = (byte) (((sum >> 8) + sum >> 8) >> 7);
      }
    }
    return Picture.of(planes, Picture.RGB, rgba.height(), rgba.width());
  }

  private Picture clamped() {
    byte[] gray = new byte[samples.area()];
    for (int i = 0; i < gray.length; i++) {
      gray[i] = (byte) Math.min(wide(i), OPAQUE);
    }
    return Picture.of(gray, 1, samples.height(), samples.width());
  }

  /** The first planes. */
  private Picture planes(int count) {
    return new Picture(
        samples.pixels(), samples.offset(), count, samples.height(), samples.width());
  }
}

package io.github.maskalign.vit.image;

import io.github.maskalign.vit.image.format.GifFrame;
import io.github.maskalign.vit.image.format.PngFile;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The samples of images that javax.imageio has read, in the modes that Pillow gives them. */
final class StoredSamples {

  private static final int WHITE = 255;

  private StoredSamples() {}

  static StoredPicture of(BufferedImage image, PngFile png) throws IOException {
    Raster raster = image.getRaster();
    int bits = png.bits();
    byte @Nullable [] transparency = png.transparency();
    return switch (png.color()) {
      case GRAY -> {
        PixelMode mode =
            bits == 16 ? PixelMode.GRAY_16 : bits == 1 ? PixelMode.BILEVEL : PixelMode.GRAY;
        Picture samples =
            bits == 16 ? wide(raster) : planes(raster, 1, 0, WHITE / ((1 << bits) - 1));
        int[] key = key(transparency, 1);
        if (key != null && bits == 1) {
          key[0] = key[0] == 0 ? 0 : WHITE;
        }
        yield new StoredPicture(mode, samples, null, key);
      }
      case RGB ->
          new StoredPicture(
              PixelMode.RGB,
              planes(raster, Picture.RGB, bits - 8, 1),
              null,
              key(transparency, Picture.RGB));
      case PALETTE -> {
        ColorTable colors = ColorTable.of(palette(image));
        yield new StoredPicture(
            PixelMode.PALETTE,
            planes(raster, 1, 0, 1),
            transparency == null ? colors : colors.withAlphas(transparency),
            null);
      }
      case GRAY_ALPHA -> {
        StoredPicture both = StoredPicture.of(PixelMode.GRAY_ALPHA, planes(raster, 2, bits - 8, 1));
        // Pillow has no gray of 16 bits with alpha.
        yield bits == 16 ? StoredPicture.of(PixelMode.RGBA, both.rgba()) : both;
      }
      case RGBA -> StoredPicture.of(PixelMode.RGBA, planes(raster, 4, bits - 8, 1));
    };
  }

  /** The first image, on a screen of its transparent or its background color. */
  static StoredPicture of(BufferedImage image, GifFrame frame) throws IOException {
    IndexColorModel palette = palette(image);
    ColorTable colors = ColorTable.of(palette);
    Picture indexes = planes(image.getRaster(), 1, 0, 1);
    Picture screen = onScreen(indexes, frame);
    if (colors.isGray(palette.getMapSize(), 1)) {
      int[] key = frame.transparent() ? new int[] {frame.background()} : null;
      return new StoredPicture(PixelMode.GRAY, screen, null, key);
    }
    return new StoredPicture(
        PixelMode.PALETTE,
        screen,
        frame.transparent() ? colors.withTransparent(frame.background()) : colors,
        null);
  }

  /** A bitmap: only palettes are not color. */
  static StoredPicture of(BufferedImage image) {
    if (!(image.getColorModel() instanceof IndexColorModel palette)) {
      return StoredPicture.of(BufferedImages.planes(image));
    }
    ColorTable colors = ColorTable.of(palette);
    int count = palette.getMapSize();
    if (count == 2 && colors.isGray(2, WHITE)) {
      return StoredPicture.of(PixelMode.BILEVEL, planes(image.getRaster(), 1, 0, WHITE));
    }
    Picture indexes = planes(image.getRaster(), 1, 0, 1);
    return count > 2 && colors.isGray(count, 1)
        ? StoredPicture.of(PixelMode.GRAY, indexes)
        : new StoredPicture(PixelMode.PALETTE, indexes, colors, null);
  }

  private static Picture onScreen(Picture indexes, GifFrame frame) throws IOException {
    int height = frame.screenHeight();
    int width = frame.screenWidth();
    if (indexes.height() == height && indexes.width() == width) {
      return indexes;
    }
    if (indexes.height() != frame.height() || indexes.width() != frame.width()) {
      throw new IOException("does not contain the image that its header announces");
    }
    byte[] screen = new byte[height * width];
    Arrays.fill(screen, (byte) frame.background());
    for (int y = 0; y < indexes.height(); y++) {
      int to = (frame.top() + y) * width + frame.left();
      System.arraycopy(indexes.pixels(), y * indexes.width(), screen, to, indexes.width());
    }
    return Picture.of(screen, 1, height, width);
  }

  private static IndexColorModel palette(BufferedImage image) throws IOException {
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return palette;
    }
    throw new IOException("does not contain the palette that its header announces");
  }

  private static int @Nullable [] key(byte @Nullable [] transparency, int samples) {
    if (transparency == null || transparency.length < 2 * samples) {
      return null;
    }
    ByteBuffer values = ByteBuffer.wrap(transparency);
    int[] key = new int[samples];
    Arrays.setAll(key, c -> values.getShort(2 * c) & 0xffff);
    return key;
  }

  /** Bands of a raster, shifted right and then multiplied. */
  private static Picture planes(Raster raster, int bands, int shift, int factor) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] planes = new byte[bands * width * height];
    int[] row = new int[width];
    for (int c = 0; c < bands; c++) {
      for (int y = 0; y < height; y++) {
        raster.getSamples(0, y, width, 1, c, row);
        int to = (c * height + y) * width;
        for (int x = 0; x < width; x++) {
          planes[to + x] = (byte) ((row[x] >> shift) * factor);
        }
      }
    }
    return Picture.of(planes, bands, height, width);
  }

  /** Gray of 16 bits: upper bytes, then lower bytes. */
  private static Picture wide(Raster raster) {
    int area = raster.getWidth() * raster.getHeight();
    byte[] both = new byte[2 * area];
    System.arraycopy(planes(raster, 1, 8, 1).pixels(), 0, both, 0, area);
    System.arraycopy(planes(raster, 1, 0, 1).pixels(), 0, both, area, area);
    return Picture.of(both, 2, raster.getHeight(), raster.getWidth());
  }
}

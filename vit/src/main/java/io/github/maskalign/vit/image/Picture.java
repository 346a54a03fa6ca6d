package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ShapeException;
import java.awt.image.BufferedImage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * One picture of 8-bit planes {@code [C, H, W]}: pixel {@code (c, y, x)} is {@code pixels[offset +
 * (c * height + y) * width + x]}. Immutable by convention, and may be a part of a larger array.
 *
 * @param pixels holds the planes, not copied
 * @param offset index of the first pixel
 * @param channels C
 * @param height H
 * @param width W
 * @since 0.1.0
 */
public record Picture(byte[] pixels, int offset, int channels, int height, int width) {

  /** Channels of a color picture: red, green, blue. */
  public static final int RGB = 3;

  /** Refuses planes that are empty or reach beyond the array. */
  public Picture {
    long size = (long) channels * height * width;
    if (channels < 1 || height < 1 || width < 1) {
      throw new ShapeException(
          "picture of %d channels and %d x %d pixels".formatted(channels, height, width));
    }
    if (offset < 0 || offset + size > pixels.length) {
      throw new ShapeException(
          "picture of %d x %d x %d from byte %d of %d"
              .formatted(channels, height, width, offset, pixels.length));
    }
  }

  /** A picture that fills its array {@code [C, H, W]}. */
  public static Picture of(byte[] pixels, int channels, int height, int width) {
    return new Picture(pixels, 0, channels, height, width);
  }

  /**
   * The pixels of an image by the values that are stored: alpha is dropped, and no color profile
   * applies.
   */
  public static Picture of(BufferedImage image) {
    return Rasters.planes(image);
  }

  /** A picture from pixels {@code [H, W, C]}, as files and most other libraries have them. */
  public static Picture ofInterleaved(byte[] pixels, int channels, int height, int width) {
    return ofInterleaved(MemorySegment.ofArray(pixels), channels, height, width);
  }

  /** A picture from pixels {@code [H, W, C]} in any memory. */
  static Picture ofInterleaved(MemorySegment pixels, int channels, int height, int width) {
    int area = height * width;
    byte[] planes = new byte[channels * area];
    for (int c = 0; c < channels; c++) {
      int to = c * area;
      int from = c;
      for (int i = 0; i < area; i++) {
        planes[to + i] = pixels.get(ValueLayout.JAVA_BYTE, from);
        from += channels;
      }
    }
    return of(planes, channels, height, width);
  }

  /** The pixels {@code [H, W, C]}. */
  public byte[] interleaved() {
    int area = area();
    byte[] all = new byte[channels * area];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < area; i++) {
        all[i * channels + c] = pixels[offset + c * area + i];
      }
    }
    return all;
  }

  /** Pixels of a plane. */
  public int area() {
    return height * width;
  }

  /** Where a plane begins. */
  public int plane(int channel) {
    return offset + channel * area();
  }

  /** One value, 0 to 255. */
  public int at(int channel, int y, int x) {
    return pixels[plane(channel) + y * width + x] & 0xff;
  }

  /**
   * As red, green and blue: a gray picture becomes three equal planes, a color picture itself.
   *
   * @throws ShapeException if there are neither one nor three channels
   */
  public Picture rgb() {
    return switch (channels) {
      case RGB -> this;
      case 1 -> {
        byte[] planes = new byte[RGB * area()];
        for (int c = 0; c < RGB; c++) {
          System.arraycopy(pixels, offset, planes, c * area(), area());
        }
        yield of(planes, RGB, height, width);
      }
      default -> throw new ShapeException("rgb: a picture of %d channels".formatted(channels));
    };
  }

  /**
   * As one plane of luma {@code (19595 R + 38470 G + 7471 B + 2^15) / 2^16} (ITU-R 601-2, in
   * Pillow's fixed point); a gray picture is itself.
   *
   * @throws ShapeException if there are neither one nor three channels
   */
  public Picture gray() {
    return switch (channels) {
      case 1 -> this;
      case RGB -> {
        int area = area();
        int red = offset;
        int green = plane(1);
        int blue = plane(2);
        byte[] luma = new byte[area];
        for (int i = 0; i < area; i++) {
          int sum = 19595 * (pixels[red + i] & 0xff) + 38470 * (pixels[green + i] & 0xff);
          luma[i] = (byte) ((sum + 7471 * (pixels[blue + i] & 0xff) + 0x8000) >> 16);
        }
        yield of(luma, 1, height, width);
      }
      default -> throw new ShapeException("gray: a picture of %d channels".formatted(channels));
    };
  }

  /**
   * A part, copied.
   *
   * @throws ShapeException if it does not lie inside the picture
   */
  public Picture crop(int top, int left, int cropHeight, int cropWidth) {
    boolean within =
        top >= 0 && left >= 0 && top <= height - cropHeight && left <= width - cropWidth;
    if (!within || cropHeight < 1 || cropWidth < 1) {
      throw new ShapeException(
          "crop: %d x %d pixels from row %d, column %d of a picture of %d x %d"
              .formatted(cropHeight, cropWidth, top, left, height, width));
    }
    byte[] part = new byte[channels * cropHeight * cropWidth];
    int to = 0;
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < cropHeight; y++) {
        System.arraycopy(pixels, plane(c) + (top + y) * width + left, part, to, cropWidth);
        to += cropWidth;
      }
    }
    return of(part, channels, cropHeight, cropWidth);
  }

  /** Left and right exchanged. */
  public Picture mirrored() {
    byte[] result = new byte[channels * area()];
    for (int row = 0; row < result.length; row += width) {
      int last = offset + row + width - 1;
      for (int x = 0; x < width; x++) {
        result[row + x] = pixels[last - x];
      }
    }
    return of(result, channels, height, width);
  }

  /** Top and bottom exchanged. */
  public Picture flipped() {
    byte[] result = new byte[channels * area()];
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        int from = plane(c) + (height - 1 - y) * width;
        System.arraycopy(pixels, from, result, (c * height + y) * width, width);
      }
    }
    return of(result, channels, height, width);
  }

  /** Rows and columns exchanged: the picture of {@code W x H} pixels. */
  public Picture transposed() {
    byte[] result = new byte[channels * area()];
    for (int c = 0; c < channels; c++) {
      Transposition.copy(pixels, plane(c), width, height, width, result, c * area());
    }
    return of(result, channels, width, height);
  }

  /** Equal size and equal pixels, wherever they lie. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Picture that
        && channels == that.channels
        && height == that.height
        && width == that.width
        && Arrays.equals(
            pixels, offset, plane(channels), that.pixels, that.offset, that.plane(channels));
  }

  @Override
  public int hashCode() {
    int hash = 31 * (31 * channels + height) + width;
    for (int i = offset; i < plane(channels); i++) {
      hash = 31 * hash + pixels[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return "picture of %d channels, %d x %d".formatted(channels, height, width);
  }
}

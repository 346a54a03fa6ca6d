package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.resize.Transpose;
import java.awt.image.BufferedImage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * An image of 8-bit planes {@code [C, H, W]}: pixel {@code (c, y, x)} is {@code pixels[offset + (c
 * * height + y) * width + x]}. Immutable by convention; may be a part of a larger array.
 *
 * @param pixels the planes, not copied
 * @param offset index of the first pixel
 * @param channels C
 * @param height H
 * @param width W
 * @since 0.1.0
 */
public record Picture(byte[] pixels, int offset, int channels, int height, int width) {

  /** Number of channels of a color image: red, green, blue. */
  public static final int RGB = 3;

  /** Checks that the planes are not empty and within the array. */
  public Picture {
    long size = (long) channels * height * width;
    if (channels < 1 || height < 1 || width < 1) {
      throw new ShapeException(
          "image: channels, height and width must be positive, got %d x %d x %d"
              .formatted(channels, height, width));
    }
    if (offset < 0 || offset + size > pixels.length) {
      throw new ShapeException(
          "image: %d x %d x %d pixels from byte %d exceed the array of %d bytes"
              .formatted(channels, height, width, offset, pixels.length));
    }
  }

  /** An image that fills its array {@code [C, H, W]}. */
  public static Picture of(byte[] pixels, int channels, int height, int width) {
    return new Picture(pixels, 0, channels, height, width);
  }

  /** The stored values of an image: alpha is dropped, and no color profile is applied. */
  public static Picture of(BufferedImage image) {
    return BufferedImages.planes(image);
  }

  /** Converts pixels {@code [H, W, C]}, the layout of most other libraries. */
  public static Picture ofInterleaved(byte[] pixels, int channels, int height, int width) {
    return ofInterleaved(MemorySegment.ofArray(pixels), channels, height, width);
  }

  /** Converts pixels {@code [H, W, C]} in any memory. */
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

  /** The pixels as {@code [H, W, C]}. */
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

  /** Number of pixels of a plane. */
  public int area() {
    return height * width;
  }

  /** Index of the first pixel of a plane. */
  public int plane(int channel) {
    return offset + channel * area();
  }

  /** One value, 0 to 255. */
  public int at(int channel, int y, int x) {
    return pixels[plane(channel) + y * width + x] & 0xff;
  }

  /**
   * Converts to gray for one channel and to RGB for three; an image with this number of channels is
   * returned unchanged.
   *
   * @throws ShapeException if the channels differ and are not one and three
   */
  public Picture withChannels(int count) {
    if (count == channels) {
      return this;
    }
    return switch (count) {
      case 1 -> gray();
      case RGB -> rgb();
      default ->
          throw new ShapeException(
              "an image of %d channels cannot be converted to %d; only gray (1) and color (3) can"
                  .formatted(channels, count));
    };
  }

  /**
   * Converts to RGB: a gray image becomes three equal planes, an RGB image is returned unchanged.
   *
   * @throws ShapeException if the number of channels is not one or three
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
      default ->
          throw new ShapeException(
              "rgb: the image must have 1 or 3 channels, got %d".formatted(channels));
    };
  }

  /**
   * Converts to gray by {@link Luma}; a gray image is returned unchanged.
   *
   * @throws ShapeException if the number of channels is not one or three
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
          luma[i] =
              (byte)
                  Luma.of(
                      pixels[red + i] & 0xff, pixels[green + i] & 0xff, pixels[blue + i] & 0xff);
        }
        yield of(luma, 1, height, width);
      }
      default ->
          throw new ShapeException(
              "gray: the image must have 1 or 3 channels, got %d".formatted(channels));
    };
  }

  /**
   * Copies a part.
   *
   * @throws ShapeException if it exceeds the image
   */
  public Picture crop(int top, int left, int cropHeight, int cropWidth) {
    boolean within =
        top >= 0 && left >= 0 && top <= height - cropHeight && left <= width - cropWidth;
    if (!within || cropHeight < 1 || cropWidth < 1) {
      throw new ShapeException(
          "crop: %d x %d pixels from row %d, column %d exceed an image of %d x %d"
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

  /** A larger RGB image with this one in it. */
  Picture within(int outerHeight, int outerWidth, int top, int left, int background) {
    Picture inner = rgb();
    int area = outerWidth * outerHeight;
    byte[] planes = new byte[RGB * area];
    for (int c = 0; c < RGB; c++) {
      Arrays.fill(planes, c * area, (c + 1) * area, (byte) (background >> 16 - 8 * c));
      for (int y = 0; y < height; y++) {
        System.arraycopy(
            inner.pixels,
            inner.plane(c) + y * width,
            planes,
            c * area + (top + y) * outerWidth + left,
            width);
      }
    }
    return of(planes, RGB, outerHeight, outerWidth);
  }

  /** Flips left to right. */
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

  /** Flips top to bottom. */
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

  /** Transposes rows and columns: an image of {@code W x H} pixels. */
  public Picture transposed() {
    byte[] result = new byte[channels * area()];
    for (int c = 0; c < channels; c++) {
      Transpose.copy(pixels, plane(c), width, height, width, result, c * area());
    }
    return of(result, channels, width, height);
  }

  /** Whether size and pixels are equal, regardless of the offset. */
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
    return "image of %d channels, %d x %d".formatted(channels, height, width);
  }
}

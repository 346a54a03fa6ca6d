package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ShapeException;

/**
 * image {@code [C, H, W]} of bytes -> {@code [C, H, W]} of floats {@code (v / 255 - mean) / std},
 * by a table of the 256 values of a pixel for each channel.
 *
 * @since 0.1.0
 */
public final class Normalize {

  private final float[][] values;

  /** Normalizes images with as many channels as the statistics. */
  public Normalize(ChannelStats stats) {
    values = stats.table();
  }

  /**
   * Writes the normalized image, flipped left to right if {@code mirrored}.
   *
   * @throws ShapeException if it has another number of channels than the statistics
   */
  public void write(Picture picture, boolean mirrored, float[] out, int offset) {
    if (picture.channels() != values.length) {
      throw new ShapeException(
          ("normalize: the statistics have %d channels, the image has %d; convert it with"
                  + " Picture.withChannels")
              .formatted(values.length, picture.channels()));
    }
    int width = picture.width();
    int first = mirrored ? width - 1 : 0;
    int step = mirrored ? -1 : 1;
    int source = picture.offset();
    int target = offset;
    for (float[] channel : values) {
      for (int y = 0; y < picture.height(); y++) {
        write(channel, picture.pixels(), source, width, out, target + first, step);
        source += width;
        target += width;
      }
    }
  }

  private static void write(
      float[] channel, byte[] in, int from, int width, float[] out, int to, int step) {
    for (int x = 0; x < width; x++) {
      out[to + step * x] = channel[in[from + x] & 0xff];
    }
  }
}

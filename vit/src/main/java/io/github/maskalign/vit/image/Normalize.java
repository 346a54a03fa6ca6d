package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.ShapeException;

/**
 * Picture {@code [C, H, W]} of bytes -> {@code [C, H, W]} of floats {@code (v / 255 - mean) / std}:
 * the normalized value of each of the 256 levels of a pixel, channel by channel.
 *
 * @since 0.1.0
 */
public final class Normalize {

  private final float[][] values;

  /** For pictures of as many channels as the statistics have. */
  public Normalize(ChannelStats stats) {
    values = stats.table();
  }

  /**
   * Writes a picture as numbers, left and right exchanged if {@code mirrored}.
   *
   * @throws ShapeException if it has another number of channels than the statistics
   */
  public void write(Picture picture, boolean mirrored, float[] out, int offset) {
    if (picture.channels() != values.length) {
      throw new ShapeException(
          "normalize: the statistics are of %d channels, the picture has %d"
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

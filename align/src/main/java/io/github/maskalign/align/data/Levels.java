package io.github.maskalign.align.data;

import io.github.maskalign.tensor.ShapeException;

/** The normalised value of each of the 256 levels of a pixel, channel by channel. */
final class Levels {

  private final float[][] values;

  Levels(ChannelStats stats) {
    values = stats.table();
  }

  void requireChannels(int channels) {
    if (channels != values.length) {
      throw new ShapeException(
          "normalize: the statistics are of %d channels, the picture has %d"
              .formatted(values.length, channels));
    }
  }

  /** Writes planes of pixels as numbers, left and right exchanged if {@code mirrored}. */
  void write(
      byte[] in, int from, int height, int width, boolean mirrored, float[] out, int offset) {
    int first = mirrored ? width - 1 : 0;
    int step = mirrored ? -1 : 1;
    int source = from;
    int target = offset;
    for (float[] channel : values) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          out[target + first + step * x] = channel[in[source + x] & 0xff];
        }
        source += width;
        target += width;
      }
    }
  }
}

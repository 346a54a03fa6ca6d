package io.github.maskalign.data.augment;

import io.github.maskalign.vit.image.Picture;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Pixel-wise operations by lookup table, bit-identical to Pillow's {@code ImageOps}. */
final class ImageOps {

  private static final int LEVELS = 256;
  private static final int TOP = 255;

  private ImageOps() {}

  static Picture invert(Picture picture) {
    return mapped(picture, v -> TOP - v);
  }

  /** Keeps the upper bits of each value. */
  static Picture posterize(Picture picture, int bits) {
    int mask = -1 << Math.max(Byte.SIZE - bits, 0);
    return mapped(picture, v -> v & mask);
  }

  /** Inverts what reaches the threshold. */
  static Picture solarize(Picture picture, int threshold) {
    return mapped(picture, v -> v < threshold ? v : TOP - v);
  }

  /** Adds to the darker half. */
  static Picture solarizeAdd(Picture picture, int added) {
    return mapped(picture, v -> v < 128 ? Math.clamp((long) v + added, 0, TOP) : v);
  }

  /** Spreads the values of each channel over the whole range. */
  static Picture autoContrast(Picture picture) {
    return eachChannel(picture, ImageOps::spread);
  }

  private static IntUnaryOperator spread(int[] histogram) {
    int low = 0;
    while (histogram[low] == 0) {
      low++;
    }
    int high = TOP;
    while (histogram[high] == 0) {
      high--;
    }
    if (high <= low) {
      return v -> v;
    }
    double scale = (double) TOP / (high - low);
    double offset = -low * scale;
    return v -> Math.clamp((int) (v * scale + offset), 0, TOP);
  }

  /** Makes all values of a channel about equally frequent. */
  static Picture equalize(Picture picture) {
    return eachChannel(picture, ImageOps::equal);
  }

  private static IntUnaryOperator equal(int[] histogram) {
    int last = TOP;
    while (histogram[last] == 0) {
      last--;
    }
    int below = Arrays.stream(histogram, 0, last).sum();
    int step = below / TOP;
    if (step == 0) {
      return v -> v;
    }
    int[] table = new int[LEVELS];
    int seen = step / 2;
    for (int v = 0; v < LEVELS; v++) {
      table[v] = Math.min(seen / step, TOP);
      seen += histogram[v];
    }
    return v -> table[v];
  }

  /** A mapping of a channel's values that depends on its histogram. */
  @FunctionalInterface
  private interface Rule {
    IntUnaryOperator of(int[] histogram);
  }

  private static Picture eachChannel(Picture picture, Rule rule) {
    byte[] out = new byte[picture.channels() * picture.area()];
    for (int c = 0; c < picture.channels(); c++) {
      int[] histogram = new int[LEVELS];
      int from = picture.plane(c);
      for (int i = 0; i < picture.area(); i++) {
        histogram[picture.pixels()[from + i] & 0xff]++;
      }
      map(picture, c, rule.of(histogram), out);
    }
    return Picture.of(out, picture.channels(), picture.height(), picture.width());
  }

  private static Picture mapped(Picture picture, IntUnaryOperator change) {
    byte[] out = new byte[picture.channels() * picture.area()];
    for (int c = 0; c < picture.channels(); c++) {
      map(picture, c, change, out);
    }
    return Picture.of(out, picture.channels(), picture.height(), picture.width());
  }

  private static void map(Picture picture, int channel, IntUnaryOperator change, byte[] out) {
    byte[] table = new byte[LEVELS];
    for (int v = 0; v < LEVELS; v++) {
      table[v] = (byte) change.applyAsInt(v);
    }
    byte[] in = picture.pixels();
    int from = picture.plane(channel);
    int to = channel * picture.area();
    for (int i = 0; i < picture.area(); i++) {
      out[to + i] = table[in[from + i] & 0xff];
    }
  }
}

package io.github.maskalign.align.data;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Resizes 8-bit planes to a fixed size with the antialiased bicubic filter that Pillow, and so the
 * published vision models, are trained with: rows first, then columns, each rounded to 8 bits.
 *
 * <p>Along an axis with {@code scale = in / out} and {@code f = max(scale, 1)}, output {@code i} is
 * centred at {@code c = (i + 0.5) scale} and weighs the inputs {@code j} within {@code 2 f} of it
 * by {@code cubic((j - c + 0.5) / f)}, Keys' cubic with a = -0.5; the weights are made to sum to 1
 * and rounded to 22 bits after the point.
 *
 * <p>Safe for use by several threads; the weights of each input size are computed once.
 */
final class Bicubic {

  private final Axis rows;
  private final Axis columns;

  /** A resizer to height x width. */
  Bicubic(int height, int width) {
    rows = new Axis(height);
    columns = new Axis(width);
  }

  int height() {
    return rows.out;
  }

  int width() {
    return columns.out;
  }

  /**
   * Resizes a box of a plane.
   *
   * @param in holds the plane; {@code from} is the index of the box's first pixel, {@code stride}
   *     the distance of its rows
   * @param out takes height() * width() pixels from {@code to} on
   */
  void resize(byte[] in, int from, int stride, int boxHeight, int boxWidth, byte[] out, int to) {
    int width = width();
    byte[] wide = in;
    int wideFrom = from;
    int wideStride = stride;
    if (boxWidth != width) {
      boolean last = boxHeight == height();
      wide = last ? out : new byte[boxHeight * width];
      wideFrom = last ? to : 0;
      wideStride = width;
      alongRows(columns.from(boxWidth), in, from, stride, boxHeight, wide, wideFrom);
    }
    if (boxHeight != height()) {
      alongColumns(rows.from(boxHeight), wide, wideFrom, wideStride, width, out, to);
    } else if (wide == in) {
      for (int y = 0; y < boxHeight; y++) {
        System.arraycopy(in, from + y * stride, out, to + y * width, width);
      }
    }
  }

  private static void alongRows(
      Taps taps, byte[] in, int from, int stride, int height, byte[] out, int to) {
    int width = taps.first.length;
    for (int y = 0; y < height; y++) {
      int row = from + y * stride;
      for (int x = 0; x < width; x++) {
        int sum = Taps.HALF;
        int weight = x * taps.most;
        int first = row + taps.first[x];
        int count = taps.count[x];
        for (int t = 0; t < count; t++) {
          sum += taps.weights[weight + t] * (in[first + t] & 0xff);
        }
        out[to + y * width + x] = Taps.round(sum);
      }
    }
  }

  private static void alongColumns(
      Taps taps, byte[] in, int from, int stride, int width, byte[] out, int to) {
    int[] sums = new int[width];
    for (int y = 0; y < taps.first.length; y++) {
      Arrays.fill(sums, Taps.HALF);
      for (int t = 0; t < taps.count[y]; t++) {
        int weight = taps.weights[y * taps.most + t];
        int row = from + (taps.first[y] + t) * stride;
        for (int x = 0; x < width; x++) {
          sums[x] += weight * (in[row + x] & 0xff);
        }
      }
      for (int x = 0; x < width; x++) {
        out[to + y * width + x] = Taps.round(sums[x]);
      }
    }
  }

  /** One output size, and the taps from each input size met so far. */
  private static final class Axis {

    /** Larger pictures than this are rare enough to compute their taps anew. */
    private static final int REMEMBERED = 1024;

    private final int out;
    private final AtomicReferenceArray<Taps> known = new AtomicReferenceArray<>(REMEMBERED);

    Axis(int out) {
      this.out = out;
    }

    Taps from(int in) {
      if (in >= REMEMBERED) {
        return Taps.of(in, out);
      }
      Taps taps = known.get(in);
      if (taps == null) {
        taps = Taps.of(in, out);
        known.set(in, taps);
      }
      return taps;
    }
  }

  /**
   * Which inputs make an output, and with what weights.
   *
   * @param most row length of the weights
   * @param first the first input of each output
   * @param count the number of inputs of each output
   * @param weights {@code [out][most]}, fixed point
   */
  private record Taps(int most, int[] first, int[] count, int[] weights) {

    private static final int BITS = 22;
    private static final int HALF = 1 << (BITS - 1);
    private static final double SHARPNESS = -0.5;

    static Taps of(int in, int out) {
      double scale = (double) in / out;
      double stretch = Math.max(scale, 1);
      double support = 2 * stretch;
      int most = (int) Math.ceil(support) * 2 + 1;
      int[] first = new int[out];
      int[] count = new int[out];
      int[] weights = new int[out * most];
      double[] exact = new double[most];
      for (int i = 0; i < out; i++) {
        double centre = (i + 0.5) * scale;
        first[i] = Math.max((int) (centre - support + 0.5), 0);
        count[i] = Math.min((int) (centre + support + 0.5), in) - first[i];
        double sum = 0;
        for (int t = 0; t < count[i]; t++) {
          exact[t] = cubic((first[i] + t - centre + 0.5) / stretch);
          sum += exact[t];
        }
        for (int t = 0; t < count[i]; t++) {
          double fixed = exact[t] / sum * (1 << BITS);
          weights[i * most + t] = (int) (fixed < 0 ? fixed - 0.5 : fixed + 0.5);
        }
      }
      return new Taps(most, first, count, weights);
    }

    /** Keys, "Cubic convolution interpolation for digital image processing", 1981. */
    private static double cubic(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return ((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * SHARPNESS : 0;
    }

    private static byte round(int sum) {
      return (byte) Math.clamp(sum >> BITS, 0, 255);
    }
  }
}

package io.github.maskalign.vit.image;

import java.util.Arrays;

/**
 * The inputs of each output of an axis and their weights. With {@code scale = in / out} and {@code
 * f = max(scale, 1)}, output {@code i} is centered at {@code c = (i + 0.5) scale} and weighs the
 * inputs {@code j} within {@code 2 f} by {@code cubic((j - c + 0.5) / f)}, Keys' cubic with a =
 * -0.5; weights are normalized to sum 1 and rounded to 22 fractional bits.
 *
 * @param max row length of the weights
 * @param first the first input of each output
 * @param count the number of inputs of each output
 * @param weights {@code [out][max]}, fixed point
 */
record BicubicTaps(int max, int[] first, int[] count, int[] weights) {

  static final int BITS = 22;
  static final int HALF = 1 << (BITS - 1);
  private static final double SHARPNESS = -0.5;

  static BicubicTaps of(int in, int out) {
    double scale = (double) in / out;
    double stretch = Math.max(scale, 1);
    double support = 2 * stretch;
    int max = (int) Math.ceil(support) * 2 + 1;
    int[] first = new int[out];
    int[] count = new int[out];
    int[] weights = new int[Math.multiplyExact(out, max)];
    double[] exact = new double[max];
    for (int i = 0; i < out; i++) {
      double center = (i + 0.5) * scale;
      first[i] = Math.max((int) (center - support + 0.5), 0);
      count[i] = Math.min((int) (center + support + 0.5), in) - first[i];
      double sum = 0;
      for (int t = 0; t < count[i]; t++) {
        exact[t] = cubic((first[i] + t - center + 0.5) / stretch);
        sum += exact[t];
      }
      for (int t = 0; t < count[i]; t++) {
        double fixed = exact[t] / sum * (1 << BITS);
        weights[i * max + t] = (int) (fixed < 0 ? fixed - 0.5 : fixed + 0.5);
      }
    }
    return new BicubicTaps(max, first, count, weights);
  }

  /** Keys, "Cubic convolution interpolation for digital image processing", 1981. */
  private static double cubic(double distance) {
    double x = Math.abs(distance);
    if (x < 1) {
      return ((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * SHARPNESS : 0;
  }

  int outputs() {
    return first.length;
  }

  /** in [inputs, width] with a row stride -> out [outputs, width]: filters across the rows. */
  void apply(byte[] in, int from, int stride, int width, byte[] out, int to) {
    int[] sums = new int[width];
    for (int y = 0; y < outputs(); y++) {
      Arrays.fill(sums, HALF);
      for (int t = 0; t < count[y]; t++) {
        add(weights[y * max + t], in, from + (first[y] + t) * stride, sums);
      }
      round(sums, out, to + y * width);
    }
  }

  private static void add(int weight, byte[] in, int from, int[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += weight * (in[from + x] & 0xff);
    }
  }

  private static void round(int[] sums, byte[] out, int to) {
    for (int x = 0; x < sums.length; x++) {
      out[to + x] = (byte) Math.max(Math.min(sums[x] >> BITS, 255), 0);
    }
  }
}

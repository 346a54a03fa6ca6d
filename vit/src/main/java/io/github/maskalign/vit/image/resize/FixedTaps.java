package io.github.maskalign.vit.image.resize;

import java.util.Arrays;

/**
 * {@link Windows} of an axis in fixed point, for planes of bytes.
 *
 * @param bits fractional bits of the weights
 * @param max row length of the weights
 * @param first the first input of each output
 * @param count the number of inputs of each output
 * @param weights {@code [outputs][max]}
 */
record FixedTaps(int bits, int max, int[] first, int[] count, int[] weights) {

  /** Leaves room for 8 bits, a sign and the sum of the weights. */
  private static final int PILLOW_BITS = 22;

  private static final int TORCHVISION_WEIGHT = 1 << 15;

  static FixedTaps of(Filter filter, int bits, int in, Outputs outputs) {
    Windows exact = Windows.of(filter, in, outputs);
    int[] weights = new int[exact.weights().length];
    for (int i = 0; i < weights.length; i++) {
      double fixed = exact.weights()[i] * (1 << bits);
      weights[i] = (int) (fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    return new FixedTaps(bits, exact.max(), exact.first(), exact.count(), weights);
  }

  /** Fractional bits: with torchvision as many as the axis's largest weight leaves of 16. */
  static int bits(Filter filter, Arithmetic arithmetic, int in, int out) {
    if (arithmetic == Arithmetic.PILLOW) {
      return PILLOW_BITS;
    }
    double largest = Windows.largest(filter, in, out);
    int bits = 0;
    while (bits < PILLOW_BITS && (int) (0.5 + largest * (2 << bits)) < TORCHVISION_WEIGHT) {
      bits++;
    }
    return bits;
  }

  /** Number of outputs. */
  int outputs() {
    return first.length;
  }

  /** The first input of all outputs. */
  int from() {
    return first[0];
  }

  /** The one after the last input of all outputs. */
  int end() {
    return first[outputs() - 1] + count[outputs() - 1];
  }

  /**
   * in [inputs, width] with a row stride -> out [outputs, width]: filters across the rows.
   *
   * @param from of the first input of all outputs
   * @param outStride of the rows of the result
   */
  void apply(byte[] in, int from, int stride, int width, byte[] out, int to, int outStride) {
    int[] sums = new int[width];
    for (int y = 0; y < outputs(); y++) {
      Arrays.fill(sums, 1 << bits - 1);
      for (int t = 0; t < count[y]; t++) {
        add(weights[y * max + t], in, from + (first[y] - first[0] + t) * stride, sums);
      }
      round(sums, bits, out, to + y * outStride);
    }
  }

  private static void add(int weight, byte[] in, int from, int[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += weight * (in[from + x] & 0xff);
    }
  }

  private static void round(int[] sums, int bits, byte[] out, int to) {
    for (int x = 0; x < sums.length; x++) {
      out[to + x] = (byte) Math.max(Math.min(sums[x] >> bits, 255), 0);
    }
  }
}

package io.github.maskalign.vit.image.resize;

import java.util.Arrays;

/**
 * {@link Windows} of an axis in fixed point, for planes of bytes.
 *
 * @param bits fractional bits of the weights
 * @param max row length of the weights
 * @param first the first input of each output
 * @param count the number of inputs of each output
 * @param weights {@code [out][max]}
 * @since 0.1.0
 */
public record FixedTaps(int bits, int max, int[] first, int[] count, int[] weights) {

  /** Leaves room for 8 bits, a sign and the sum of the weights. */
  private static final int PILLOW_BITS = 22;

  private static final int TORCHVISION_WEIGHT = 1 << 15;

  /**
   * The taps of an axis.
   *
   * @param filter other than the nearest neighbor
   */
  public static FixedTaps of(Filter filter, Arithmetic arithmetic, int in, int out) {
    Windows exact = Windows.of(filter, in, out);
    int bits = arithmetic == Arithmetic.PILLOW ? PILLOW_BITS : bits(exact);
    int[] weights = new int[exact.weights().length];
    for (int i = 0; i < weights.length; i++) {
      double fixed = exact.weights()[i] * (1 << bits);
      weights[i] = (int) (fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    return new FixedTaps(bits, exact.max(), exact.first(), exact.count(), weights);
  }

  /** As many bits as the largest weight leaves in 16 bits with a sign. */
  private static int bits(Windows exact) {
    double largest = Arrays.stream(exact.weights()).max().orElseThrow();
    int bits = 0;
    while (bits < PILLOW_BITS && (int) (0.5 + largest * (2 << bits)) < TORCHVISION_WEIGHT) {
      bits++;
    }
    return bits;
  }

  /** Number of outputs. */
  public int outputs() {
    return first.length;
  }

  /** in [inputs, width] with a row stride -> out [outputs, width]: filters across the rows. */
  public void apply(byte[] in, int from, int stride, int width, byte[] out, int to) {
    int[] sums = new int[width];
    for (int y = 0; y < outputs(); y++) {
      Arrays.fill(sums, 1 << bits - 1);
      for (int t = 0; t < count[y]; t++) {
        add(weights[y * max + t], in, from + (first[y] + t) * stride, sums);
      }
      round(sums, bits, out, to + y * width);
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

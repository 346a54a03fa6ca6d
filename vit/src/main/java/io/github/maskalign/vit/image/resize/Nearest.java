package io.github.maskalign.vit.image.resize;

/**
 * The nearest neighbor, which has no weights.
 *
 * @since 0.1.0
 */
public final class Nearest {

  private Nearest() {}

  /** The input of each output of an axis: the one at its center. */
  public static int[] inputs(int in, int out) {
    double scale = (double) in / out;
    int[] inputs = new int[out];
    for (int i = 0; i < out; i++) {
      inputs[i] = Math.min((int) ((i + 0.5) * scale), in - 1);
    }
    return inputs;
  }
}

package io.github.maskalign.vit.image.resize;

/**
 * The nearest neighbor, which has no weights.
 *
 * @since 0.1.0
 */
public final class Nearest {

  private Nearest() {}

  /**
   * The input of each output of a part of an axis: the one at its center. Where that lies between
   * two inputs, rounding decides, so it is done as the library does: Pillow adds up the centers in
   * double precision, torchvision multiplies in single precision.
   */
  public static int[] inputs(Arithmetic arithmetic, int in, Outputs outputs) {
    int[] inputs = new int[outputs.count()];
    if (arithmetic == Arithmetic.PILLOW) {
      double step = (double) in / outputs.size();
      double center = step * 0.5;
      for (int i = 0; i < outputs.end(); i++) {
        if (i >= outputs.from()) {
          inputs[i - outputs.from()] = Math.min((int) center, in - 1);
        }
        center += step;
      }
    } else {
      float scale = (float) in / outputs.size();
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = Math.min((int) ((outputs.from() + i + 0.5f) * scale), in - 1);
      }
    }
    return inputs;
  }
}

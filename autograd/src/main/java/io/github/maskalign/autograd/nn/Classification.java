package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;

/**
 * Target distributions and accuracy of classifiers.
 *
 * @since 0.1.0
 */
public final class Classification {

  private Classification() {}

  /**
   * labels [N] -> [N, classes]: label smoothing, {@code smoothing / classes} everywhere plus {@code
   * 1 - smoothing} at the label (Szegedy et al., arXiv 1512.00567); one-hot rows if smoothing is 0.
   * The cross-entropy with them is {@code (1 - smoothing)} times that of the labels plus {@code
   * smoothing} times the mean over the classes.
   *
   * @throws ArgumentException if a label is not below {@code classes}
   */
  public static Tensor targets(Ops ops, DType dtype, int[] labels, int classes, double smoothing) {
    double[] values = distributions(labels, classes, smoothing);
    return ops.cast(ops.of(values, labels.length, classes), dtype);
  }

  /** Returns the same targets on the host, row-major. */
  public static float[] targets(int[] labels, int classes, double smoothing) {
    double[] values = distributions(labels, classes, smoothing);
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    return rounded;
  }

  private static double[] distributions(int[] labels, int classes, double smoothing) {
    if (!(smoothing >= 0 && smoothing <= 1)) {
      throw new ArgumentException("label smoothing: must be in [0, 1], got " + smoothing);
    }
    double off = smoothing / classes;
    double[] values = new double[labels.length * classes];
    Arrays.fill(values, off);
    for (int row = 0; row < labels.length; row++) {
      check(labels[row], row, classes);
      values[row * classes + labels[row]] = 1 - smoothing + off;
    }
    return values;
  }

  /**
   * Returns the top-k accuracy in percent; of equal logits, the lower class ranks first.
   *
   * @param logits [N, classes] on the host
   */
  public static double accuracy(float[] logits, int[] labels, int classes, int k) {
    if (logits.length != labels.length * classes || labels.length == 0) {
      throw new ShapeException(
          "accuracy: %d logits do not match %d labels and %d classes"
              .formatted(logits.length, labels.length, classes));
    }
    int right = 0;
    for (int row = 0; row < labels.length; row++) {
      check(labels[row], row, classes);
      right += rank(logits, row * classes, labels[row], classes) < k ? 1 : 0;
    }
    return 100.0 * right / labels.length;
  }

  private static int rank(float[] logits, int offset, int label, int classes) {
    float own = logits[offset + label];
    int larger = 0;
    for (int c = 0; c < classes; c++) {
      float other = logits[offset + c];
      // Not "own < other", so that NaN never counts as correct.
      larger += c != label && !(other < own || (other == own && c > label)) ? 1 : 0;
    }
    return larger;
  }

  private static void check(int label, int row, int classes) {
    if (label < 0 || label >= classes) {
      throw new ArgumentException(
          "label %d of row %d: must be at least 0 and below %d".formatted(label, row, classes));
    }
  }
}

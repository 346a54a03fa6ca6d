package io.github.maskalign.vit;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.resize.Filter;

/**
 * x [.., H, W] -> [.., h, w]: how a position table is resampled to another grid, and the inputs of
 * teachers with another patch size. The source position of output i is {@code (i + 0.5) * in / out
 * - 0.5} unless corners are aligned, as in torch's {@code interpolate}. For images, {@link
 * io.github.maskalign.vit.image.Resize} is the better choice. Differentiable: one matrix product
 * per axis.
 *
 * @since 0.1.0
 */
public enum Resampling {
  /**
   * Keys' cubic with a = -0.75 (1981), not widened when shrinking, as in transformers; taps beyond
   * the edge repeat its value.
   */
  BICUBIC("bicubic"),
  /** Keys' cubic with a = -0.5, widened by the scale when shrinking, as in timm and OpenCLIP. */
  BICUBIC_ANTIALIAS("bicubic with antialiasing"),
  /** A triangle, widened by the scale when shrinking, as in NaFlex. */
  BILINEAR_ANTIALIAS("bilinear with antialiasing"),
  /** Linear, not widened when shrinking, as in timm's FlexiViT and RADIO. */
  BILINEAR("bilinear"),
  /**
   * The same with the first and last positions of both grids aligned, as in RADIO's first sizes.
   */
  BILINEAR_CORNERS("bilinear with aligned corners");

  private static final double CUBIC = -0.75;
  private static final double CUBIC_ANTIALIAS = -0.5;

  private final String title;

  Resampling(String title) {
    this.title = title;
  }

  /** In words: "bicubic with antialiasing". */
  public String title() {
    return title;
  }

  /**
   * The resampling of images by a filter, as torch does it for tensors: bilinear with antialiasing,
   * as in the image processors of transformers; bicubic without, as in MaskAlign, and so any other,
   * which torch does not have for tensors.
   */
  public static Resampling of(Filter filter) {
    return filter == Filter.BILINEAR ? BILINEAR_ANTIALIAS : BICUBIC;
  }

  /** Resizes the last two axes; returns x itself if the size is unchanged. */
  public Tensor resize(Ops ops, Tensor x, int height, int width) {
    if (x.shape().rank() < 2 || x.size() == 0 || height < 1 || width < 1) {
      throw new ShapeException(
          "resampling: cannot resize " + x.shape() + " to " + height + " x " + width);
    }
    if (x.dim(-2) == height && x.dim(-1) == width) {
      return x;
    }
    return ops.within(
        "resampling",
        inner -> {
          Tensor tall = inner.matmul(matrix(inner, x, -2, height), x);
          return inner.matmul(tall, inner.transpose(matrix(inner, x, -1, width)));
        });
  }

  /** Row i contains the weights of the inputs for output i. */
  private Tensor matrix(Ops ops, Tensor x, int axis, int out) {
    return ops.cast(ops.of(weights(x.dim(axis), out), out, x.dim(axis)), x.dtype());
  }

  /** The weights of {@code in} inputs for each of {@code out} outputs, row by row. */
  double[] weights(int in, int out) {
    double[] matrix = new double[Math.multiplyExact(out, in)];
    for (int i = 0; i < out; i++) {
      switch (this) {
        case BICUBIC -> interpolate(matrix, i, in, out);
        case BILINEAR, BILINEAR_CORNERS -> interpolateLinearly(matrix, i, in, out);
        case BICUBIC_ANTIALIAS, BILINEAR_ANTIALIAS -> antialias(matrix, i, in, out);
      }
    }
    return matrix;
  }

  private static void interpolate(double[] matrix, int row, int in, int out) {
    double source = (row + 0.5) * in / out - 0.5;
    int nearest = (int) Math.floor(source);
    for (int tap = nearest - 1; tap <= nearest + 2; tap++) {
      matrix[row * in + Math.clamp(tap, 0, in - 1)] += cubic(Math.abs(source - tap), CUBIC);
    }
  }

  private void interpolateLinearly(double[] matrix, int row, int in, int out) {
    boolean corners = this == BILINEAR_CORNERS;
    double aligned = out == 1 ? 0 : (double) row * (in - 1) / (out - 1);
    double source = corners ? aligned : Math.max(0, (row + 0.5) * in / out - 0.5);
    int first = Math.min((int) source, in - 1);
    matrix[row * in + first] += 1 - (source - first);
    matrix[row * in + Math.min(first + 1, in - 1)] += source - first;
  }

  private void antialias(double[] matrix, int row, int in, int out) {
    double scale = (double) in / out;
    double wide = Math.max(1, scale);
    double support = (this == BILINEAR_ANTIALIAS ? 1 : 2) * wide;
    double center = scale * (row + 0.5);
    int first = Math.max(0, (int) (center - support + 0.5));
    int end = Math.min(in, (int) (center + support + 0.5));
    double sum = 0;
    for (int tap = first; tap < end; tap++) {
      double weight = kernel(Math.abs((tap - center + 0.5) / wide));
      matrix[row * in + tap] = weight;
      sum += weight;
    }
    for (int tap = first; tap < end; tap++) {
      matrix[row * in + tap] /= sum;
    }
  }

  private double kernel(double x) {
    return this == BILINEAR_ANTIALIAS ? Math.max(0, 1 - x) : cubic(x, CUBIC_ANTIALIAS);
  }

  private static double cubic(double x, double a) {
    if (x <= 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }
}

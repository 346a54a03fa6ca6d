package io.github.maskalign.vit;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;

/**
 * x [.., H, W] -> [.., h, w]: bicubic interpolation of tensors, for position embeddings and for
 * inputs of teachers with another patch size. The source position is {@code (i + 0.5) * in / out -
 * 0.5}, the kernel is Keys' cubic with a = -0.75 (1981), taps beyond the edge repeat its value, and
 * downsampling is not antialiased, as in torch's {@code interpolate}. For images, {@link
 * io.github.maskalign.vit.image.Resize} is the better choice. Differentiable: one matrix product
 * per axis.
 *
 * @since 0.1.0
 */
public final class Bicubic {

  private static final double A = -0.75;

  private Bicubic() {}

  /** Resizes the last two axes; returns x itself if the size is unchanged. */
  public static Tensor resize(Ops ops, Tensor x, int height, int width) {
    if (x.shape().rank() < 2 || x.size() == 0 || height < 1 || width < 1) {
      throw new ShapeException(
          "bicubic: cannot resize " + x.shape() + " to " + height + " x " + width);
    }
    if (x.dim(-2) == height && x.dim(-1) == width) {
      return x;
    }
    return ops.within(
        "bicubic",
        inner -> {
          Tensor tall = inner.matmul(matrix(inner, x, -2, height), x);
          return inner.matmul(tall, inner.transpose(matrix(inner, x, -1, width)));
        });
  }

  /** Row i contains the weights of the inputs for output i. */
  private static Tensor matrix(Ops ops, Tensor x, int axis, int out) {
    return ops.cast(ops.of(weights(x.dim(axis), out), out, x.dim(axis)), x.dtype());
  }

  static double[] weights(int in, int out) {
    double[] matrix = new double[out * in];
    for (int i = 0; i < out; i++) {
      double source = (i + 0.5) * in / out - 0.5;
      int nearest = (int) Math.floor(source);
      for (int tap = nearest - 1; tap <= nearest + 2; tap++) {
        matrix[i * in + Math.clamp(tap, 0, in - 1)] += cubic(Math.abs(source - tap));
      }
    }
    return matrix;
  }

  private static double cubic(double x) {
    if (x <= 1) {
      return ((A + 2) * x - (A + 3)) * x * x + 1;
    }
    return x < 2 ? ((A * x - 5 * A) * x + 8 * A) * x - 4 * A : 0;
  }
}

package io.github.maskalign.cpu.plain;

import io.github.maskalign.cpu.kernel.LayerNormKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.util.Arrays;

/** Layer normalization of rows; see {@link LayerNormKernel}. */
final class PlainLayerNorm extends LayerNormKernel {

  PlainLayerNorm(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void forward(
      Operand x, long row, int rows, int width, float[] gamma, float[] beta, float eps, Operand y) {
    float[] v = scratch.takeFloats(width);
    for (long r = row; r < row + rows; r++) {
      x.load(r * width, v, width);
      PlainMath.multiply(v, centerAndScale(v, width, eps), width);
      affine(v, gamma, beta, width);
      y.store(v, r * width, width);
    }
    scratch.give(v);
  }

  @Override
  protected void backward(
      Operand x,
      Operand g,
      long row,
      int rows,
      int width,
      float[] gamma,
      float eps,
      float[] sums,
      int sumsAt,
      Operand dx) {
    float[] v = scratch.takeFloats(width);
    float[] h = scratch.takeFloats(width);
    float[] dgamma = scratch.takeFloats(width);
    float[] dbeta = scratch.takeFloats(width);
    Arrays.fill(dgamma, 0, width, 0f);
    Arrays.fill(dbeta, 0, width, 0f);
    for (long r = row; r < row + rows; r++) {
      x.load(r * width, v, width);
      g.load(r * width, h, width);
      float scale = centerAndScale(v, width, eps);
      PlainMath.multiply(v, scale, width);
      PlainMath.addProduct(dgamma, h, v, width);
      PlainMath.add(dbeta, h, width);
      PlainMath.multiply(h, gamma, width);
      float meanH = (float) (PlainMath.sum(h, width) / width);
      float meanHx = (float) (PlainMath.dot(h, v, width) / width);
      inputGrad(h, v, meanH, meanHx, scale, width);
      dx.store(h, r * width, width);
    }
    for (int j = 0; j < width; j++) {
      sums[sumsAt + j] += dgamma[j];
      sums[sumsAt + width + j] += dbeta[j];
    }
    scratch.give(dbeta);
    scratch.give(dgamma);
    scratch.give(h);
    scratch.give(v);
  }

  /** Subtracts the mean; returns 1 / sqrt(variance + eps). */
  private static float centerAndScale(float[] x, int n, float eps) {
    PlainMath.add(x, (float) (-PlainMath.sum(x, n) / n), n);
    return (float) (1 / Math.sqrt(PlainMath.dot(x, x, n) / n + eps));
  }

  private static void affine(float[] x, float[] gamma, float[] beta, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.fma(x[i], gamma[i], beta[i]);
    }
  }

  /** h = (h - mean(h) - xhat mean(h xhat)) / deviation. */
  private static void inputGrad(
      float[] h, float[] xhat, float meanH, float meanHx, float scale, int n) {
    for (int i = 0; i < n; i++) {
      h[i] = Math.fma(xhat[i], -meanHx, h[i] - meanH) * scale;
    }
  }
}

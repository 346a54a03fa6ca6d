package io.github.maskalign.cpu.vector;

import io.github.maskalign.cpu.kernel.LayerNormKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** Layer normalization of rows; see {@link LayerNormKernel}. */
public final class VectorLayerNorm extends LayerNormKernel {

  /** A kernel on the given threads. */
  public VectorLayerNorm(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void forward(
      Operand x, long row, int rows, int width, float[] gamma, float[] beta, float eps, Operand y) {
    long from = row * width;
    float[] s = scratch.takeFloats(LayerNormRows.scratch(rows));
    LayerNormRows.means(x, from, rows, width, s);
    LayerNormRows.inverseDeviations(x, from, rows, width, eps, s);
    LayerNormRows.normalize(x, y, from, rows, width, s, gamma, beta);
    scratch.give(s);
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
    long from = row * width;
    float[] s = scratch.takeFloats(LayerNormRows.scratch(rows));
    LayerNormRows.means(x, from, rows, width, s);
    LayerNormRows.inverseDeviations(x, from, rows, width, eps, s);
    LayerNormRows.sums(x, g, from, rows, width, s, gamma, sums, sumsAt);
    LayerNormRows.inputGrad(x, g, dx, from, rows, width, s, gamma);
    scratch.give(s);
  }
}

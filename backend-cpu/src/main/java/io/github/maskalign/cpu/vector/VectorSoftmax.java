package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.L;

import io.github.maskalign.cpu.kernel.SoftmaxKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** Softmax and log-softmax of rows; see {@link SoftmaxKernel}. */
public final class VectorSoftmax extends SoftmaxKernel {

  /** A kernel on the given threads. */
  public VectorSoftmax(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  public void softmax(Operand x, Operand y, long row, int rows, int width) {
    // In an array padded to whole vectors: short rows then need no masks.
    int span = PaddedRows.vectors(width) * L;
    int padded = PaddedRows.padRows(rows);
    int inverse = padded * span;
    float[] p = scratch.takeFloats(inverse + PaddedSoftmax.scratch(padded));
    PaddedRows.pack(x.segment(), x.at(row * width), 4L * width, rows, width, 1f, p, 0);
    PaddedSoftmax.run(p, 0, span, padded, width, inverse);
    PaddedRows.unpack(
        p, 0, span, rows, width, p, inverse, y.segment(), y.at(row * width), 4L * width);
    scratch.give(p);
  }

  @Override
  public void softmaxGrad(Operand y, Operand g, Operand dx, long row, int rows, int width) {
    float[] s = scratch.takeFloats(SoftmaxRows.scratch(rows));
    SoftmaxRows.dots(g, y, row * width, rows, width, s);
    SoftmaxRows.softmaxGrad(g, y, dx, row * width, rows, width, s);
    scratch.give(s);
  }

  @Override
  protected void logSoftmax(Operand x, Operand y, long row, int rows, int width) {
    float[] s = scratch.takeFloats(SoftmaxRows.scratch(rows));
    float[] maxima = scratch.takeFloats(rows);
    SoftmaxRows.maxima(x, row * width, rows, width, s);
    System.arraycopy(s, 0, maxima, 0, rows);
    SoftmaxRows.sumsOfExponentials(x, row * width, rows, width, s);
    SoftmaxRows.logarithms(x, y, row * width, rows, width, maxima, s);
    scratch.give(maxima);
    scratch.give(s);
  }

  @Override
  protected void logSoftmaxGrad(Operand y, Operand g, Operand dx, long row, int rows, int width) {
    float[] s = scratch.takeFloats(SoftmaxRows.scratch(rows));
    SoftmaxRows.logSoftmaxGrad(g, y, dx, row * width, rows, width, s);
    scratch.give(s);
  }
}

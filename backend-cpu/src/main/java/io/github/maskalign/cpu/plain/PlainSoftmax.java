package io.github.maskalign.cpu.plain;

import io.github.maskalign.cpu.kernel.SoftmaxKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** Softmax and log-softmax of rows; see {@link SoftmaxKernel}. */
final class PlainSoftmax extends SoftmaxKernel {

  PlainSoftmax(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /** x = e^(x - max x); returns the sum. */
  static double exponentials(float[] x, int[] bits, int n) {
    PlainMath.add(x, -PlainMath.max(x, n), n);
    PlainMath.expOfNonPositive(x, bits, n);
    return PlainMath.sum(x, n);
  }

  @Override
  public void softmax(Operand x, Operand y, long row, int rows, int width) {
    float[] v = scratch.takeFloats(width);
    int[] bits = scratch.takeInts(width);
    for (long r = row; r < row + rows; r++) {
      x.load(r * width, v, width);
      double sum = exponentials(v, bits, width);
      PlainMath.multiply(v, (float) (1 / sum), width);
      y.store(v, r * width, width);
    }
    scratch.give(bits);
    scratch.give(v);
  }

  @Override
  public void softmaxGrad(Operand y, Operand g, Operand dx, long row, int rows, int width) {
    float[] v = scratch.takeFloats(width);
    float[] d = scratch.takeFloats(width);
    for (long r = row; r < row + rows; r++) {
      y.load(r * width, v, width);
      g.load(r * width, d, width);
      PlainMath.add(d, (float) -PlainMath.dot(d, v, width), width);
      PlainMath.multiply(d, v, width);
      dx.store(d, r * width, width);
    }
    scratch.give(d);
    scratch.give(v);
  }

  @Override
  protected void logSoftmax(Operand x, Operand y, long row, int rows, int width) {
    float[] v = scratch.takeFloats(width);
    float[] e = scratch.takeFloats(width);
    int[] bits = scratch.takeInts(width);
    for (long r = row; r < row + rows; r++) {
      x.load(r * width, v, width);
      PlainMath.add(v, -PlainMath.max(v, width), width);
      System.arraycopy(v, 0, e, 0, width);
      PlainMath.expOfNonPositive(e, bits, width);
      PlainMath.add(v, (float) -Math.log(PlainMath.sum(e, width)), width);
      y.store(v, r * width, width);
    }
    scratch.give(bits);
    scratch.give(e);
    scratch.give(v);
  }

  @Override
  protected void logSoftmaxGrad(Operand y, Operand g, Operand dx, long row, int rows, int width) {
    float[] v = scratch.takeFloats(width);
    float[] d = scratch.takeFloats(width);
    int[] bits = scratch.takeInts(width);
    for (long r = row; r < row + rows; r++) {
      y.load(r * width, v, width);
      g.load(r * width, d, width);
      PlainMath.expOfNonPositive(v, bits, width);
      PlainMath.addProduct(d, (float) -PlainMath.sum(d, width), v, width);
      dx.store(d, r * width, width);
    }
    scratch.give(bits);
    scratch.give(d);
    scratch.give(v);
  }
}

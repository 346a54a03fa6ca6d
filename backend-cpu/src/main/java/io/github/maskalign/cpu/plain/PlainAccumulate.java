package io.github.maskalign.cpu.plain;

import static io.github.maskalign.cpu.plain.PlainMath.BLOCK;

import io.github.maskalign.cpu.kernel.AccumulateKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** In-place additions and squared norms; see {@link AccumulateKernel}. */
final class PlainAccumulate extends AccumulateKernel {

  PlainAccumulate(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  public void accumulate(float a, Operand x, Operand y, long from, int n) {
    float[] v = scratch.takeFloats(BLOCK);
    float[] sum = scratch.takeFloats(BLOCK);
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      x.load(from + i, v, count);
      y.load(from + i, sum, count);
      PlainMath.addProduct(sum, a, v, count);
      y.store(sum, from + i, count);
    }
    scratch.give(sum);
    scratch.give(v);
  }

  @Override
  protected double sumOfSquares(Operand x, long from, int n) {
    float[] p = scratch.takeFloats(BLOCK);
    float[] q = scratch.takeFloats(BLOCK);
    double sum = dot(x, x, from, n, p, q);
    scratch.give(q);
    scratch.give(p);
    return sum;
  }

  /** Dot product of n elements from an index on; p and q have room for a block. */
  static double dot(Operand x, Operand y, long from, int n, float[] p, float[] q) {
    double total = 0;
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      x.load(from + i, p, count);
      y.load(from + i, q, count);
      total += PlainMath.dot(p, q, count);
    }
    return total;
  }
}

package io.github.maskalign.cpu.plain;

import static io.github.maskalign.cpu.plain.PlainMath.BLOCK;

import io.github.maskalign.cpu.kernel.LossKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** Losses and their gradients; see {@link LossKernel}. */
final class PlainLoss extends LossKernel {

  PlainLoss(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected double smoothL1(Operand a, Operand b, float beta, long from, int n) {
    float[] p = scratch.takeFloats(BLOCK);
    float[] q = scratch.takeFloats(BLOCK);
    double sum = 0;
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      a.load(from + i, p, count);
      b.load(from + i, q, count);
      PlainMath.subtract(p, q, count);
      if (beta > 0) {
        smoothL1(p, beta, 1 / beta, count);
      } else {
        abs(p, count);
      }
      sum += PlainMath.sum(p, count);
    }
    scratch.give(q);
    scratch.give(p);
    return sum;
  }

  @Override
  protected void smoothL1Grad(
      Operand a, Operand b, float beta, float scale, Operand da, long from, int n) {
    float[] p = scratch.takeFloats(BLOCK);
    float[] q = scratch.takeFloats(BLOCK);
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      a.load(from + i, p, count);
      b.load(from + i, q, count);
      PlainMath.subtract(p, q, count);
      if (beta > 0) {
        smoothL1Grad(p, beta, scale, count);
      } else {
        signs(p, scale, count);
      }
      da.store(p, from + i, count);
    }
    scratch.give(q);
    scratch.give(p);
  }

  @Override
  protected void crossEntropy(Operand x, Operand t, int row, int rows, int n, double[] losses) {
    float[] v = scratch.takeFloats(n);
    float[] e = scratch.takeFloats(n);
    int[] bits = scratch.takeInts(n);
    for (int r = row; r < row + rows; r++) {
      long from = (long) r * n;
      x.load(from, v, n);
      PlainMath.add(v, -PlainMath.max(v, n), n);
      System.arraycopy(v, 0, e, 0, n);
      PlainMath.expOfNonPositive(e, bits, n);
      PlainMath.add(v, (float) -Math.log(PlainMath.sum(e, n)), n);
      t.load(from, e, n);
      losses[r] = -PlainMath.dot(v, e, n);
    }
    scratch.give(bits);
    scratch.give(e);
    scratch.give(v);
  }

  @Override
  protected void crossEntropyGrad(
      Operand x, Operand t, float factor, Operand dx, long row, int rows, int n) {
    float[] v = scratch.takeFloats(n);
    float[] shares = scratch.takeFloats(n);
    int[] bits = scratch.takeInts(n);
    for (long r = row; r < row + rows; r++) {
      x.load(r * n, v, n);
      t.load(r * n, shares, n);
      double sum = PlainSoftmax.exponentials(v, bits, n);
      PlainMath.multiply(v, (float) (PlainMath.sum(shares, n) / sum), n);
      PlainMath.subtract(v, shares, n);
      PlainMath.multiply(v, factor, n);
      dx.store(v, r * n, n);
    }
    scratch.give(bits);
    scratch.give(shares);
    scratch.give(v);
  }

  /** d = m (|d| - m/2) / beta with m = min(|d|, beta). */
  private static void smoothL1(float[] d, float beta, float inverse, int n) {
    for (int i = 0; i < n; i++) {
      float a = Math.abs(d[i]);
      float m = Math.min(a, beta);
      d[i] = m * Math.fma(m, -0.5f, a) * inverse;
    }
  }

  private static void abs(float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.abs(d[i]);
    }
  }

  private static void smoothL1Grad(float[] d, float beta, float scale, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.max(-1f, Math.min(1f, d[i] / beta)) * scale;
    }
  }

  private static void signs(float[] d, float scale, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.signum(d[i]) * scale;
    }
  }
}

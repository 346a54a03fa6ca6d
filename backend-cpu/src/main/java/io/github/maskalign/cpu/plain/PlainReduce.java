package io.github.maskalign.cpu.plain;

import static io.github.maskalign.cpu.plain.PlainMath.BLOCK;

import io.github.maskalign.cpu.kernel.ReduceKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.Reduction;
import java.util.Arrays;

/** Sums and maxima; see {@link ReduceKernel}. */
final class PlainReduce extends ReduceKernel {

  PlainReduce(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void rows(Reduction op, Operand x, long from, int rows, int n, double[] y, int yAt) {
    float[] v = scratch.takeFloats(BLOCK);
    for (int r = 0; r < rows; r++) {
      y[yAt + r] = row(op, x, from + (long) r * n, n, v);
    }
    scratch.give(v);
  }

  private static double row(Reduction op, Operand x, long from, int n, float[] v) {
    double total = op == Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      x.load(from + i, v, count);
      total =
          op == Reduction.SUM
              ? total + PlainMath.sum(v, count)
              : Math.max(total, PlainMath.max(v, count));
    }
    return total;
  }

  @Override
  protected void columns(
      Reduction op, Operand x, long from, int rows, int inner, float[] y, int yAt) {
    float[] total = scratch.takeFloats(BLOCK);
    float[][] v = scratch.takeRows(4, BLOCK);
    for (int j = 0; j < inner; j += BLOCK) {
      int count = Math.min(BLOCK, inner - j);
      Arrays.fill(total, 0, count, op == Reduction.SUM ? 0f : Float.NEGATIVE_INFINITY);
      for (int r = 0; r < rows; r += 4) {
        int height = Math.min(4, rows - r);
        for (int i = 0; i < height; i++) {
          x.load(from + (long) (r + i) * inner + j, v[i], count);
        }
        if (op == Reduction.MAX) {
          for (int i = 0; i < height; i++) {
            PlainMath.max(total, v[i], count);
          }
        } else if (height == 4) {
          addFour(total, v[0], v[1], v[2], v[3], count);
        } else {
          for (int i = 0; i < height; i++) {
            PlainMath.add(total, v[i], count);
          }
        }
      }
      System.arraycopy(total, 0, y, yAt + j, count);
    }
    scratch.give(v);
    scratch.give(total);
  }

  private static void addFour(float[] x, float[] a, float[] b, float[] c, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      x[i] += (a[i] + b[i]) + (c[i] + d[i]);
    }
  }
}

package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Strided;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.BinaryOp;

/**
 * Functions of two numbers with broadcasting, into contiguous output.
 *
 * <p>Axes are merged first (see {@link Strided}); what is left runs as rows whose operands are a
 * vector (inner stride 1) or one number (inner stride 0). Equal layouts become one row, a bias
 * becomes rows of vector and vector, a scale per row becomes rows of vector and number. Any other
 * inner stride is computed element by element. MAX and MIN give NaN when either side is NaN.
 */
public abstract class BinaryKernel {
  private final Workers workers;

  /** A kernel on the given threads. */
  protected BinaryKernel(Workers workers) {
    this.workers = workers;
  }

  /**
   * y[i...] = op(a[i...], b[i...]) for the given shape. Strides in elements, 0 where broadcast; y
   * is contiguous and may be a or b when that operand has y's layout.
   */
  public final void apply(
      BinaryOp op, int[] shape, Operand a, int[] aStrides, Operand b, int[] bStrides, Operand y) {
    Strided walk = Strided.of(shape, aStrides, bStrides, Strided.contiguous(shape));
    int inner = walk.inner();
    long rows = walk.rows();
    if (rows * inner == 0) {
      return;
    }
    int aStep = walk.innerStride(0);
    int bStep = walk.innerStride(1);
    int rowsPerTask = Chunks.rows(inner);
    int pieces = Chunks.count(inner, Chunks.ELEMENTS);
    int groups = Chunks.count(rows, rowsPerTask);
    workers.run(
        Math.multiplyExact(groups, pieces),
        task -> {
          int from = task % pieces * Chunks.ELEMENTS;
          int n = Math.min(Chunks.ELEMENTS, inner - from);
          long row = (long) (task / pieces) * rowsPerTask;
          long end = Math.min(rows, row + rowsPerTask);
          for (; row < end; row++) {
            long aFrom = walk.rowStart(0, row) + (long) from * aStep;
            long bFrom = walk.rowStart(1, row) + (long) from * bStep;
            long yFrom = row * inner + from;
            if (isVector(aStep, bStep) || isVector(bStep, aStep)) {
              row(op, a, aFrom, aStep, b, bFrom, bStep, y, yFrom, n);
            } else {
              strided(op, a, aFrom, aStep, b, bFrom, bStep, y, yFrom, n);
            }
          }
        });
  }

  /** y[i] = op(a[i], b[i]) for n contiguous elements. */
  public final void apply(BinaryOp op, Operand a, Operand b, Operand y, long n) {
    workers.forRange(
        n,
        Chunks.ELEMENTS,
        (from, to) -> row(op, a, from, 1, b, from, 1, y, from, (int) (to - from)));
  }

  /**
   * One row, in one thread. A step is 1, or 0 for an operand of one number; at least one of them is
   * 1.
   */
  protected abstract void row(
      BinaryOp op,
      Operand a,
      long aFrom,
      int aStep,
      Operand b,
      long bFrom,
      int bStep,
      Operand y,
      long yFrom,
      int n);

  private static boolean isVector(int step, int other) {
    return step == 1 && (other == 0 || other == 1);
  }

  private static void strided(
      BinaryOp op,
      Operand a,
      long aFrom,
      int aStep,
      Operand b,
      long bFrom,
      int bStep,
      Operand y,
      long yFrom,
      int n) {
    for (int i = 0; i < n; i++) {
      float p = a.get(aFrom + (long) i * aStep);
      float q = b.get(bFrom + (long) i * bStep);
      y.set(yFrom + i, scalar(op, p, q));
    }
  }

  private static float scalar(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case GREATER_EQUAL -> a >= b ? 1f : 0f;
      case EQUAL -> a == b ? 1f : 0f;
    };
  }
}

package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
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
public abstract class BinaryKernel extends Kernel {
  /** A kernel on the given threads, with the given scratch memory. */
  protected BinaryKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
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
    Rows all = new Rows(walk, a, b, y, inner);
    boolean vectors = isVector(all.aStep(), all.bStep()) || isVector(all.bStep(), all.aStep());
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
          if (vectors) {
            rows(op, all, row, end, from, n);
          } else {
            strided(op, all, row, end, from, n);
          }
        });
  }

  /** y[i] = op(a[i], b[i]) for n contiguous elements. */
  public final void apply(BinaryOp op, Operand a, Operand b, Operand y, long n) {
    int rows = Chunks.count(n, Chunks.ELEMENTS);
    int[] strides = {Chunks.ELEMENTS, 1};
    Strided walk = new Strided(new int[] {rows, Chunks.ELEMENTS}, new int[][] {strides, strides});
    Rows all = new Rows(walk, a, b, y, Chunks.ELEMENTS);
    workers.run(
        rows, row -> rows(op, all, row, row + 1, 0, Chunks.length(n, Chunks.ELEMENTS, row)));
  }

  /** Rows of two operands and of contiguous output, each of inner elements. */
  protected record Rows(Strided walk, Operand a, Operand b, Operand y, int inner) {

    /** Elements from one element of a to the next: 1, 0 for one number, or any other stride. */
    public int aStep() {
      return walk.innerStride(0);
    }

    /** The same of b. */
    public int bStep() {
      return walk.innerStride(1);
    }

    /** The index in a of an element of a row. */
    public long aAt(long row, int element) {
      return walk.rowStart(0, row) + (long) element * aStep();
    }

    /** The index in b of an element of a row. */
    public long bAt(long row, int element) {
      return walk.rowStart(1, row) + (long) element * bStep();
    }

    /** The index in y of an element of a row. */
    public long yAt(long row, int element) {
      return row * inner + element;
    }
  }

  /**
   * The elements from .. from + n - 1 of the rows row .. end - 1, in one thread. Each step is 1, or
   * 0 for an operand of one number; at least one of them is 1.
   */
  protected abstract void rows(BinaryOp op, Rows all, long row, long end, int from, int n);

  private static boolean isVector(int step, int other) {
    return step == 1 && (other == 0 || other == 1);
  }

  private static void strided(BinaryOp op, Rows all, long row, long end, int from, int n) {
    for (long r = row; r < end; r++) {
      for (int i = from; i < from + n; i++) {
        float p = all.a().get(all.aAt(r, i));
        float q = all.b().get(all.bAt(r, i));
        all.y().set(all.yAt(r, i), scalar(op, p, q));
      }
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

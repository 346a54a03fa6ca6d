package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.all;
import static io.github.maskalign.cpu.Mem.first;
import static io.github.maskalign.cpu.Mem.get;
import static io.github.maskalign.cpu.Mem.load;
import static io.github.maskalign.cpu.Mem.store;
import static io.github.maskalign.cpu.Mem.zero;

import io.github.maskalign.tensor.BinaryOp;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of two numbers with broadcasting, into contiguous output.
 *
 * <p>Axes are joined first (see {@link Strided}); what is left runs as rows whose operands are a
 * vector (inner stride 1) or one number (inner stride 0). Equal layouts become one row, a bias
 * becomes rows of vector and vector, a scale per row becomes rows of vector and number. Any other
 * inner stride is walked element by element. MAX and MIN give NaN when either side is NaN.
 */
final class BinaryKernel {
  private final Workers workers;

  BinaryKernel(Workers workers) {
    this.workers = workers;
  }

  /**
   * y[i...] = op(a[i...], b[i...]) for the given shape. Strides in elements, 0 where broadcast; y
   * is contiguous and may be a or b when that operand has y's layout.
   */
  void apply(
      BinaryOp op,
      int[] shape,
      MemorySegment a,
      long aOffset,
      int[] aStrides,
      MemorySegment b,
      long bOffset,
      int[] bStrides,
      MemorySegment y,
      long yOffset) {
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
            long aAt = 4 * (aOffset + walk.rowStart(0, row) + (long) from * aStep);
            long bAt = 4 * (bOffset + walk.rowStart(1, row) + (long) from * bStep);
            long yAt = 4 * (yOffset + row * inner + from);
            row(op, a, aAt, aStep, b, bAt, bStep, y, yAt, n);
          }
        });
  }

  private static void row(
      BinaryOp op,
      MemorySegment a,
      long aAt,
      int aStep,
      MemorySegment b,
      long bAt,
      int bStep,
      MemorySegment y,
      long yAt,
      int n) {
    if (aStep == 1 && bStep == 1) {
      vectors(op, a, aAt, b, bAt, y, yAt, n);
    } else if (aStep == 1 && bStep == 0) {
      vectorAndNumber(op, false, a, aAt, get(b, bAt), y, yAt, n);
    } else if (aStep == 0 && bStep == 1) {
      vectorAndNumber(op, true, b, bAt, get(a, aAt), y, yAt, n);
    } else {
      for (int i = 0; i < n; i++) {
        float p = get(a, aAt + 4L * i * aStep);
        float q = get(b, bAt + 4L * i * bStep);
        Mem.set(y, yAt + 4L * i, scalar(op, p, q));
      }
    }
  }

  private static void vectors(
      BinaryOp op,
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment y,
      long yAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      store(vector(op, load(a, aAt + 4L * i), load(b, bAt + 4L * i)), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      FloatVector v = vector(op, load(a, aAt + 4L * i, m), load(b, bAt + 4L * i, m));
      store(v, y, yAt + 4L * i, m);
    }
  }

  private static void vectorAndNumber(
      BinaryOp op,
      boolean numberFirst,
      MemorySegment a,
      long aAt,
      float number,
      MemorySegment y,
      long yAt,
      int n) {
    FloatVector b = all(number);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector v = load(a, aAt + 4L * i);
      store(numberFirst ? vector(op, b, v) : vector(op, v, b), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      FloatVector v = load(a, aAt + 4L * i, m);
      store(numberFirst ? vector(op, b, v) : vector(op, v, b), y, yAt + 4L * i, m);
    }
  }

  private static FloatVector vector(BinaryOp op, FloatVector a, FloatVector b) {
    return switch (op) {
      case ADD -> a.add(b);
      case SUB -> a.sub(b);
      case MUL -> a.mul(b);
      case DIV -> a.div(b);
      case MAX -> a.max(b);
      case MIN -> a.min(b);
      case GREATER_EQUAL -> zero().blend(1f, a.compare(VectorOperators.GE, b));
      case EQUAL -> zero().blend(1f, a.compare(VectorOperators.EQ, b));
    };
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

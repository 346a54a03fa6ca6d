package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.ORDER;
import static io.github.maskalign.cpu.Mem.get;
import static jdk.incubator.vector.FloatVector.broadcast;

import io.github.maskalign.tensor.op.BinaryOp;
import java.lang.foreign.MemorySegment;

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
  private final Scratch scratch;

  BinaryKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
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
          MemorySegment lanes = scratch.takeTail();
          for (; row < end; row++) {
            long aAt = 4 * (aOffset + walk.rowStart(0, row) + (long) from * aStep);
            long bAt = 4 * (bOffset + walk.rowStart(1, row) + (long) from * bStep);
            long yAt = 4 * (yOffset + row * inner + from);
            row(op, a, aAt, aStep, b, bAt, bStep, y, yAt, n, lanes);
          }
          scratch.give(lanes);
        });
  }

  /** y[i] = op(a[i], b[i]) for n elements one behind the other. */
  void plain(
      BinaryOp op,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment y,
      long yOffset,
      long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        task -> {
          long from = (long) task * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, task);
          long aAt = 4 * (aOffset + from);
          long bAt = 4 * (bOffset + from);
          BinaryLoops.run(op, a, aAt, 4, b, bAt, 4, y, 4 * (yOffset + from), length);
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
      int n,
      MemorySegment lanes) {
    if (aStep > 1 || bStep > 1 || aStep < 0 || bStep < 0 || aStep + bStep == 0) {
      for (int i = 0; i < n; i++) {
        float p = get(a, aAt + 4L * i * aStep);
        float q = get(b, bAt + 4L * i * bStep);
        Mem.set(y, yAt + 4L * i, BinaryLoops.scalar(op, p, q));
      }
    } else if (bStep == 0) {
      broadcast(F32, get(b, bAt)).intoMemorySegment(lanes, 0, ORDER);
      BinaryLoops.run(op, a, aAt, 4, lanes, 0, 0, y, yAt, n);
    } else if (aStep == 0) {
      broadcast(F32, get(a, aAt)).intoMemorySegment(lanes, 0, ORDER);
      BinaryLoops.run(op, lanes, 0, 0, b, bAt, 4, y, yAt, n);
    } else {
      BinaryLoops.run(op, a, aAt, 4, b, bAt, 4, y, yAt, n);
    }
  }
}

package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Strided;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.error.ArgumentException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies between layouts: permutations, slices, broadcasts, parts of a larger block.
 *
 * <p>Axes are merged first (see {@link Strided}). Rows that are contiguous on both sides are copied
 * whole; where source and target are contiguous along different axes, small squares are transposed,
 * which keeps both sides in the cache; anything else is copied element by element.
 */
public final class CopyKernel {
  private static final int SQUARE = 16;

  private final Workers workers;

  /** A kernel on the given threads. */
  public CopyKernel(Workers workers) {
    this.workers = workers;
  }

  /**
   * y[i...] = x[i...] for every index of the shape. Elements are of 1, 2, 4 or 8 bytes; offsets and
   * strides are in elements; a source stride may be 0, target elements must be distinct.
   */
  public void copy(
      int elementBytes, int[] shape, Operand x, int[] xStrides, Operand y, int[] yStrides) {
    Strided walk = Strided.of(shape, xStrides, yStrides);
    if (walk.rows() * walk.inner() == 0) {
      return;
    }
    Copy copy =
        new Copy(
            elementBytes,
            x.segment(),
            x.offset() * elementBytes,
            y.segment(),
            y.offset() * elementBytes);
    int across = walk.unitAxis(0);
    if (walk.innerStride(0) > 1 && walk.innerStride(1) == 1 && across >= 0) {
      transposed(walk, across, copy);
    } else {
      rowByRow(walk, copy);
    }
  }

  private void rowByRow(Strided walk, Copy copy) {
    int inner = walk.inner();
    long rows = walk.rows();
    int perTask = Chunks.rows(inner);
    int pieces = Chunks.count(inner, Chunks.ELEMENTS);
    workers.run(
        Math.multiplyExact(Chunks.count(rows, perTask), pieces),
        t -> {
          int from = t % pieces * Chunks.ELEMENTS;
          int n = Math.min(Chunks.ELEMENTS, inner - from);
          int xStep = walk.innerStride(0);
          int yStep = walk.innerStride(1);
          long r = (long) (t / pieces) * perTask;
          for (long end = Math.min(rows, r + perTask); r < end; r++) {
            long xAt = walk.rowStart(0, r) + (long) from * xStep;
            long yAt = walk.rowStart(1, r) + (long) from * yStep;
            copy.row(xAt, xStep, yAt, yStep, n);
          }
        });
  }

  private void transposed(Strided walk, int across, Copy copy) {
    int inner = walk.inner();
    int width = walk.sizes()[across];
    Strided rest = walk.without(across);
    int strips = Chunks.count(width, SQUARE);
    long tasks = Math.multiplyExact(rest.rows(), strips);
    int perTask = Chunks.rows((long) inner * SQUARE);
    workers.run(
        Chunks.count(tasks, perTask),
        task -> {
          long t = (long) task * perTask;
          for (long end = Math.min(tasks, t + perTask); t < end; t++) {
            int from = (int) (t % strips) * SQUARE;
            int n = Math.min(SQUARE, width - from);
            long yStep = walk.strides()[1][across];
            long xAt = rest.rowStart(0, t / strips) + from;
            long yAt = rest.rowStart(1, t / strips) + from * yStep;
            for (int i = 0; i < inner; i += SQUARE) {
              int m = Math.min(SQUARE, inner - i);
              copy.square(
                  xAt + (long) i * walk.innerStride(0), walk.innerStride(0), yAt + i, yStep, m, n);
            }
          }
        });
  }

  /** The two blocks; byte offsets of their starts, everything else in elements. */
  private record Copy(int bytes, MemorySegment x, long xBase, MemorySegment y, long yBase) {

    void row(long xAt, long xStep, long yAt, long yStep, int n) {
      if (xStep == 1 && yStep == 1) {
        MemorySegment.copy(x, xBase + xAt * bytes, y, yBase + yAt * bytes, (long) n * bytes);
        return;
      }
      for (int i = 0; i < n; i++) {
        element(xAt + i * xStep, yAt + i * yStep);
      }
    }

    /** y[j, i] = x[i, j] for i below m, j below n; rows xStep and yStep apart. */
    void square(long xAt, long xStep, long yAt, long yStep, int m, int n) {
      if (bytes == 4) {
        words(xBase + 4 * xAt, 4 * xStep, yBase + 4 * yAt, 4 * yStep, m, n);
        return;
      }
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          element(xAt + i * xStep + j, yAt + j * yStep + i);
        }
      }
    }

    private void words(long xAt, long xRow, long yAt, long yRow, int m, int n) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          int word = x.get(ValueLayout.JAVA_INT_UNALIGNED, xAt + i * xRow + 4L * j);
          y.set(ValueLayout.JAVA_INT_UNALIGNED, yAt + j * yRow + 4L * i, word);
        }
      }
    }

    private void element(long xAt, long yAt) {
      long from = xBase + xAt * bytes;
      long to = yBase + yAt * bytes;
      switch (bytes) {
        case 1 -> y.set(ValueLayout.JAVA_BYTE, to, x.get(ValueLayout.JAVA_BYTE, from));
        case 2 ->
            y.set(
                ValueLayout.JAVA_SHORT_UNALIGNED,
                to,
                x.get(ValueLayout.JAVA_SHORT_UNALIGNED, from));
        case 4 ->
            y.set(ValueLayout.JAVA_INT_UNALIGNED, to, x.get(ValueLayout.JAVA_INT_UNALIGNED, from));
        case 8 ->
            y.set(
                ValueLayout.JAVA_LONG_UNALIGNED, to, x.get(ValueLayout.JAVA_LONG_UNALIGNED, from));
        default -> throw new ArgumentException("copy: elements of " + bytes + " bytes");
      }
    }
  }
}

package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorMask;

/** Rows picked by index from each batch element, and the transpose of that. */
final class GatherKernel {
  /** Columns of one task of the backward pass. */
  private static final int COLUMNS = 256;

  private final Workers workers;

  GatherKernel(Workers workers) {
    this.workers = workers;
  }

  /**
   * y [batch, picks, width] from x [batch, rows, width]: y[b, k] = x[b, ids[b picks + k]]. Strides
   * of x in elements; a table that every batch element shares has a batch stride of 0.
   */
  void forward(
      MemorySegment x,
      long xOffset,
      long batchStride,
      long rowStride,
      int[] ids,
      MemorySegment y,
      long yOffset,
      int batch,
      int picks,
      int width) {
    // A view without columns may begin past the end of its memory.
    int total = width == 0 ? 0 : Math.multiplyExact(batch, picks);
    int perTask = Chunks.rows(width);
    workers.run(
        Chunks.count(total, perTask),
        t -> {
          int r = t * perTask;
          for (int end = Math.min(total, r + perTask); r < end; r++) {
            long from = 4 * (xOffset + r / picks * batchStride + ids[r] * rowStride);
            MemorySegment.copy(x, from, y, 4 * (yOffset + (long) r * width), 4L * width);
          }
        });
  }

  /**
   * dx [batch, rows, width], overwritten: dx[b, i] = sum of g[b, k] over the k with ids[b picks +
   * k] = i, in the order of k; ids may repeat.
   */
  void backward(
      MemorySegment g,
      long gOffset,
      int[] ids,
      MemorySegment dx,
      long dxOffset,
      int batch,
      int rows,
      int picks,
      int width) {
    int pieces = Chunks.count(width, COLUMNS);
    workers.run(
        Math.multiplyExact(batch, pieces),
        t -> {
          int b = t / pieces;
          int from = t % pieces * COLUMNS;
          int n = Math.min(COLUMNS, width - from);
          long dxAt = 4 * (dxOffset + (long) b * rows * width + from);
          long gAt = 4 * (gOffset + (long) b * picks * width + from);
          for (int i = 0; i < rows; i++) {
            dx.asSlice(dxAt + 4L * i * width, 4L * n).fill((byte) 0);
          }
          for (int k = 0; k < picks; k++) {
            long row = dxAt + 4L * ids[b * picks + k] * width;
            addRow(g, gAt + 4L * k * width, dx, row, n);
          }
        });
  }

  private static void addRow(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      fromMemorySegment(F32, y, yAt + 4L * i, ORDER, m)
          .add(fromMemorySegment(F32, x, xAt + 4L * i, ORDER, m))
          .intoMemorySegment(y, yAt + 4L * i, ORDER, m);
    }
  }
}

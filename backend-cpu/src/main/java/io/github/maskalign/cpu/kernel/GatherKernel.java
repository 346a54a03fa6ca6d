package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.MemorySegment;

/** Picks rows by index from each batch element, and adds rows by index: the transpose of that. */
public abstract class GatherKernel extends Kernel {
  /** Columns of one task of the scatter. */
  private static final int COLUMNS = 256;

  /** A kernel on the given threads, with the given scratch memory. */
  protected GatherKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /**
   * y [batch, picks, width] from x [batch, rows, width]: y[b, k] = x[b, ids[b picks + k]]. Strides
   * of x in elements; a table that every batch element shares has a batch stride of 0.
   */
  public final void gatherTokens(
      Operand x,
      long batchStride,
      long rowStride,
      int[] ids,
      Operand y,
      int batch,
      int picks,
      int width) {
    // A view without columns may begin past the end of its memory.
    int total = width == 0 ? 0 : Math.multiplyExact(batch, picks);
    workers.forRange(
        total,
        Chunks.rows(width),
        (begin, end) -> {
          for (int r = (int) begin; r < end; r++) {
            long from = x.at(r / picks * batchStride + ids[r] * rowStride);
            MemorySegment.copy(x.segment(), from, y.segment(), y.at((long) r * width), 4L * width);
          }
        });
  }

  /**
   * y [batch, rows, width], overwritten: y[b, i] = sum of g[b, k] over the k with ids[b picks + k]
   * = i, in the order of k; ids may repeat.
   */
  public final void scatterTokens(
      Operand g, int[] ids, Operand y, int batch, int rows, int picks, int width) {
    int pieces = Chunks.count(width, COLUMNS);
    workers.run(
        Math.multiplyExact(batch, pieces),
        t -> {
          int b = t / pieces;
          int from = t % pieces * COLUMNS;
          int n = Math.min(COLUMNS, width - from);
          long yFrom = (long) b * rows * width + from;
          long gFrom = (long) b * picks * width + from;
          for (int i = 0; i < rows; i++) {
            y.segment().asSlice(y.at(yFrom + (long) i * width), 4L * n).fill((byte) 0);
          }
          addRows(g, gFrom, ids, b * picks, picks, y, yFrom, width, n);
        });
  }

  /**
   * Adds n elements of each of the picks rows of x from an index on to those of the row of y that
   * its id names, in one thread. Rows are width elements apart.
   */
  protected abstract void addRows(
      Operand x,
      long xFrom,
      int[] ids,
      int idsFrom,
      int picks,
      Operand y,
      long yFrom,
      int width,
      int n);
}

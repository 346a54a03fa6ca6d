package io.github.maskalign.cpu;

import java.lang.foreign.MemorySegment;

/**
 * Softmax and log-softmax over the rows of contiguous x [rows, width], the row's maximum subtracted
 * first. A row of -infinity alone gives NaN.
 */
final class SoftmaxKernel {
  /** Elements of a block of rows: what passes share stays in the first cache. */
  private static final int BLOCK = 4096;

  private final Workers workers;
  private final Scratch scratch;

  SoftmaxKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }

  /** y = e^(x - max) / sum e^(x - max); y may be x. */
  void forward(MemorySegment x, long xOffset, MemorySegment y, long yOffset, long rows, int width) {
    int span = AttentionTile.vectors(width) * Mem.L;
    eachBlock(
        rows,
        width,
        (from, n, s) -> {
          // In an array padded to whole vectors: short rows are then free of masks.
          int padded = AttentionTile.padRows(n);
          int inverse = padded * span;
          float[] p = scratch.takeFloats(inverse + PaddedSoftmax.scratch(padded));
          AttentionPack.rows(x, 4 * (xOffset + from * width), 4L * width, n, width, 1f, p, 0);
          PaddedSoftmax.run(p, 0, span, padded, width, inverse);
          long yAt = 4 * (yOffset + from * width);
          AttentionPack.unpack(p, 0, span, n, width, p, inverse, y, yAt, 4L * width);
          scratch.give(p);
        });
  }

  /** y = x - max - log sum e^(x - max); y may be x. */
  void logForward(
      MemorySegment x, long xOffset, MemorySegment y, long yOffset, long rows, int width) {
    eachBlock(
        rows,
        width,
        (from, n, s) -> {
          long xAt = 4 * (xOffset + from * width);
          float[] maxima = scratch.takeFloats(n);
          SoftmaxRows.maxima(x, xAt, n, width, s);
          System.arraycopy(s, 0, maxima, 0, n);
          SoftmaxRows.sumsOfExponentials(x, xAt, n, width, s);
          SoftmaxRows.logarithms(x, xAt, y, 4 * (yOffset + from * width), n, width, maxima, s);
          scratch.give(maxima);
        });
  }

  /** dx = y (g - sum g y), from the softmax y; dx may be y or g. */
  void backward(
      MemorySegment y,
      long yOffset,
      MemorySegment g,
      long gOffset,
      MemorySegment dx,
      long dxOffset,
      long rows,
      int width) {
    eachBlock(
        rows,
        width,
        (from, n, s) -> {
          long yAt = 4 * (yOffset + from * width);
          long gAt = 4 * (gOffset + from * width);
          SoftmaxRows.dots(g, gAt, y, yAt, n, width, s);
          SoftmaxRows.slopes(g, gAt, y, yAt, dx, 4 * (dxOffset + from * width), n, width, s);
        });
  }

  /** dx = g - e^y sum g, from the log-softmax y; dx may be y or g. */
  void logBackward(
      MemorySegment y,
      long yOffset,
      MemorySegment g,
      long gOffset,
      MemorySegment dx,
      long dxOffset,
      long rows,
      int width) {
    eachBlock(
        rows,
        width,
        (from, n, s) -> {
          long yAt = 4 * (yOffset + from * width);
          long gAt = 4 * (gOffset + from * width);
          SoftmaxRows.logSlopes(g, gAt, y, yAt, dx, 4 * (dxOffset + from * width), n, width, s);
        });
  }

  private interface Block {
    void run(long from, int rows, float[] s);
  }

  private void eachBlock(long rows, int width, Block block) {
    if (width == 0) {
      return;
    }
    int perTask = Chunks.rows(width);
    int perBlock = Math.max(1, BLOCK / width);
    workers.run(
        Chunks.count(rows, perTask),
        t -> {
          float[] s = scratch.takeFloats(SoftmaxRows.scratch(perBlock));
          long from = (long) t * perTask;
          long end = Math.min(rows, from + perTask);
          for (; from < end; from += perBlock) {
            block.run(from, (int) Math.min(perBlock, end - from), s);
          }
          scratch.give(s);
        });
  }
}

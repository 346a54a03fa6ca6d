package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.Reduction;

/**
 * Sums and maxima over axes of contiguous data.
 *
 * <p>Sums add f32 in short blocks and combine the blocks in double, in a fixed order: the error
 * does not grow with the length beyond one block's.
 */
public abstract class ReduceKernel extends Kernel {
  /** Rows added in f32 before a column sum continues in double. */
  private static final int MIN_ROWS = 32;

  private static final int MAX_ROWS = 256;

  /** A kernel on the given threads, with the given scratch memory. */
  protected ReduceKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /**
   * x [outer, size, inner] -> y [outer, inner], over the middle axis. Over an empty axis the sum is
   * 0 and the maximum -infinity.
   */
  public final void apply(Reduction op, Operand x, long outer, int size, int inner, Operand y) {
    if (outer * inner == 0) {
      return;
    }
    if (inner == 1) {
      rows(op, x, outer, size, y);
    } else {
      columns(op, x, outer, size, inner, y);
    }
  }

  /** Sum or maximum of n contiguous elements. */
  public final float total(Reduction op, Operand x, long n) {
    int tasks = Chunks.count(n, Chunks.ELEMENTS);
    double[] partial = scratch.takeDoubles(tasks);
    workers.run(
        tasks,
        c -> {
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          rows(op, x, (long) c * Chunks.ELEMENTS, 1, length, partial, c);
        });
    double total = op == Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY;
    for (int c = 0; c < tasks; c++) {
      total = op == Reduction.SUM ? total + partial[c] : Math.max(total, partial[c]);
    }
    scratch.give(partial);
    return (float) total;
  }

  /**
   * The sum or maximum of each row of a matrix [rows, n] from an index on, in one thread; of no
   * elements, 0 or -infinity.
   *
   * @param y receives the results from yAt on
   */
  protected abstract void rows(
      Reduction op, Operand x, long from, int rows, int n, double[] y, int yAt);

  /**
   * The sum or maximum of each column of a matrix [rows, inner] from an index on, in one thread.
   *
   * @param y receives the results from yAt on
   */
  protected abstract void columns(
      Reduction op, Operand x, long from, int rows, int inner, float[] y, int yAt);

  private void rows(Reduction op, Operand x, long outer, int size, Operand y) {
    if (outer == 1) {
      y.set(0, total(op, x, size));
      return;
    }
    workers.forRange(
        outer,
        Chunks.rows(size),
        (from, to) -> {
          int rows = (int) (to - from);
          double[] results = scratch.takeDoubles(rows);
          rows(op, x, from * size, rows, size, results, 0);
          for (int r = 0; r < rows; r++) {
            y.set(from + r, (float) results[r]);
          }
          scratch.give(results);
        });
  }

  private void columns(Reduction op, Operand x, long outer, int size, int inner, Operand y) {
    int rowsPerChunk = Math.clamp(Chunks.rows(inner), MIN_ROWS, MAX_ROWS);
    int chunks = Math.max(1, Chunks.count(size, rowsPerChunk));
    int tasks = Math.toIntExact(Math.multiplyExact(outer, (long) chunks));
    float[] partial = scratch.takeFloats(Math.multiplyExact(tasks, inner));
    workers.run(
        tasks,
        t -> {
          long start = t / chunks * (long) size + (long) (t % chunks) * rowsPerChunk;
          int rows = Math.max(0, Math.min(rowsPerChunk, size - t % chunks * rowsPerChunk));
          columns(op, x, start * inner, rows, inner, partial, t * inner);
        });
    workers.forRange(
        outer,
        Chunks.rows((long) chunks * inner),
        (from, to) -> {
          for (long o = from; o < to; o++) {
            combine(op, partial, (int) o * chunks * inner, chunks, inner, y, o * inner);
          }
        });
    scratch.give(partial);
  }

  private void combine(
      Reduction op, float[] partial, int from, int chunks, int inner, Operand y, long yFrom) {
    double[] total = scratch.takeDoubles(inner);
    for (int j = 0; j < inner; j++) {
      total[j] = partial[from + j];
    }
    for (int c = 1; c < chunks; c++) {
      int at = from + c * inner;
      for (int j = 0; j < inner; j++) {
        total[j] =
            op == Reduction.SUM ? total[j] + partial[at + j] : Math.max(total[j], partial[at + j]);
      }
    }
    for (int j = 0; j < inner; j++) {
      y.set(yFrom + j, (float) total[j]);
    }
    scratch.give(total);
  }
}

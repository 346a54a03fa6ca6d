package io.github.maskalign.cpu.vector.bf16;

import static io.github.maskalign.cpu.bf16.Bf16Kernel.COLUMNS;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.github.maskalign.cpu.bf16.Bf16;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.vector.RegisterTranspose;
import io.github.maskalign.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * Rounds blocks of operands into the layouts that {@link io.github.maskalign.cpu.bf16.Bf16Kernel}
 * reads: A in rows of terms, B in panels [terms / 2, 32, 2]. Terms past the end of a matrix are
 * zeros; columns past it are arbitrary, since their results are not stored.
 */
final class Bf16Pack {

  private static final long PAIR = 4;

  private final Scratch scratch;

  Bf16Pack(Scratch scratch) {
    this.scratch = scratch;
  }

  /**
   * Rounds rows row .. row + rows - 1, columns k .. k + depth - 1 of a, unless it is BF16 already.
   *
   * @param padded terms of a row of the result
   * @param stride bytes of a row of the result
   */
  void a(Matrix a, int row, int rows, int k, int depth, int padded, MemorySegment to, long stride) {
    if (a.type() == DType.BF16) {
      copyRows(a, row, rows, k, depth, to, stride);
    } else if (a.columnStride() == 1) {
      for (int i = 0; i < rows; i++) {
        Rounding.row(a.segment(), a.at(row + i, k), depth, to, i * stride);
      }
    } else if (a.rowStride() == 1) {
      turnedRows(a, row, rows, k, depth, to, stride);
    } else {
      for (int i = 0; i < rows; i++) {
        for (int p = 0; p < depth; p++) {
          float x = a.segment().get(JAVA_FLOAT_UNALIGNED, a.at(row + i, k + p));
          to.set(JAVA_SHORT_UNALIGNED, i * stride + 2L * p, Bf16.round(x));
        }
      }
    }
    for (int i = 0; i < rows && depth < padded; i++) {
      to.asSlice(i * stride + 2L * depth, 2L * (padded - depth)).fill((byte) 0);
    }
  }

  private static void copyRows(
      Matrix a, int row, int rows, int k, int depth, MemorySegment to, long stride) {
    for (int i = 0; i < rows; i++) {
      if (a.columnStride() == 1) {
        long bytes = (long) Short.BYTES * depth;
        MemorySegment.copy(a.segment(), a.at(row + i, k), to, i * stride, bytes);
        continue;
      }
      for (int p = 0; p < depth; p++) {
        short x = a.segment().get(JAVA_SHORT_UNALIGNED, a.at(row + i, k + p));
        to.set(JAVA_SHORT_UNALIGNED, i * stride + 2L * p, x);
      }
    }
  }

  /** Packs one panel of b: rows k .. k + depth - 1, width columns from column. */
  void b(Matrix b, int k, int depth, int padded, int column, int width, MemorySegment to) {
    long rowBytes = PAIR * COLUMNS;
    if (b.columnStride() == 1) {
      pairs(b.segment(), b.at(k, column), 4 * b.rowStride(), width, depth, to, rowBytes);
    } else if (b.rowStride() == 1) {
      turnedColumns(b, k, depth, column, width, to);
    } else {
      for (int p = 0; p < depth; p++) {
        for (int j = 0; j < width; j++) {
          float x = b.segment().get(JAVA_FLOAT_UNALIGNED, b.at(k + p, column + j));
          long at = (p >> 1) * rowBytes + PAIR * j + 2L * (p & 1);
          to.set(JAVA_SHORT_UNALIGNED, at, Bf16.round(x));
        }
      }
      for (int j = 0; j < width && depth % 2 == 1; j++) {
        to.set(JAVA_SHORT_UNALIGNED, (depth >> 1) * rowBytes + PAIR * j + 2, (short) 0);
      }
    }
    int whole = depth + 1 & ~1;
    to.asSlice((whole >> 1) * rowBytes, (padded - whole >> 1) * rowBytes).fill((byte) 0);
  }

  /**
   * Rows of terms that stand side by side, to rows of pairs of terms. Of an odd number of them, the
   * last is paired with zeros.
   */
  private void pairs(
      MemorySegment from, long at, long step, int width, int depth, MemorySegment to, long toStep) {
    int whole = depth & ~1;
    for (int p = 0; p < whole; p += 2) {
      long even = at + p * step;
      Rounding.pairs(from, even, even + step, width, to, (p >> 1) * toStep);
    }
    for (int j = 0; j < width && whole < depth; j++) {
      float x = from.get(JAVA_FLOAT_UNALIGNED, at + whole * step + 4L * j);
      Rounding.set(to, (whole >> 1) * toStep + PAIR * j, Bf16.pair(x, 0));
    }
  }

  /** A whose rows stand side by side: rounded to pairs, which are then transposed. */
  private void turnedRows(
      Matrix a, int row, int rows, int k, int depth, MemorySegment to, long stride) {
    int count = depth + 1 >> 1;
    int across = roundUp(rows);
    int down = roundUp(count);
    MemorySegment lines = scratch.takeMemory(PAIR * across * down);
    float[] turned = scratch.takeFloats(across * down);
    pairs(a.segment(), a.at(row, k), 4 * a.columnStride(), rows, depth, lines, PAIR * across);
    transpose(lines, across, count, rows, turned, down);
    for (int i = 0; i < rows; i++) {
      MemorySegment.copy(turned, i * down, to, JAVA_FLOAT, i * stride, count);
    }
    scratch.give(turned);
    scratch.give(lines);
  }

  /** B whose columns stand side by side: rounded to lines of pairs, which are then transposed. */
  private void turnedColumns(Matrix b, int k, int depth, int column, int width, MemorySegment to) {
    int count = depth + 1 >> 1;
    int line = roundUp(count);
    MemorySegment lines = scratch.takeMemory(PAIR * line * COLUMNS);
    float[] turned = scratch.takeFloats(line * COLUMNS);
    for (int j = 0; j < width; j++) {
      long at = PAIR * j * line;
      Rounding.row(b.segment(), b.at(k, column + j), depth, lines, at);
      if (depth % 2 == 1) {
        lines.set(JAVA_SHORT_UNALIGNED, at + 2L * depth, (short) 0);
      }
    }
    transpose(lines, line, width, count, turned, COLUMNS);
    MemorySegment.copy(turned, 0, to, JAVA_FLOAT, 0, count * COLUMNS);
    scratch.give(turned);
    scratch.give(lines);
  }

  /**
   * to [columns, toLine] = from [rows, line] transposed, of 4 bytes each; both have room for whole
   * vectors in both directions.
   */
  private static void transpose(
      MemorySegment from, int line, int rows, int columns, float[] to, int toLine) {
    for (int i = 0; i < rows; i += L) {
      int last = Math.min(L, rows - i) - 1;
      for (int j = 0; j < columns; j += L) {
        long at = PAIR * ((long) i * line + j);
        RegisterTranspose.transpose(L, from, at, PAIR * line, last, to, j * toLine + i, toLine);
      }
    }
  }

  private static int roundUp(int n) {
    return Math.ceilDiv(n, L) * L;
  }
}

package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Moves one head's matrices between strided memory and the arrays of {@link AttentionTile}. */
final class AttentionPack {
  private AttentionPack() {}

  /**
   * Rows times a factor, one after the other, as [padRows(rows), vectors(width) L] with zeros after
   * the last row and column.
   */
  static void rows(
      MemorySegment x,
      long at,
      long stride,
      int rows,
      int width,
      float factor,
      float[] to,
      int toAt) {
    int padded = AttentionTile.vectors(width) * L;
    for (int r = 0; r < rows; r++) {
      long row = at + r * stride;
      int target = toAt + r * padded;
      int j = 0;
      for (; j <= width - L; j += L) {
        fromMemorySegment(F32, x, row + 4L * j, ORDER).mul(factor).intoArray(to, target + j);
      }
      if (j < width) {
        fromMemorySegment(F32, x, row + 4L * j, ORDER, F32.indexInRange(0, width - j))
            .mul(factor)
            .intoArray(to, target + j);
      }
    }
    Arrays.fill(to, toAt + rows * padded, toAt + AttentionTile.padRows(rows) * padded, 0f);
  }

  /** The matrix [rows, width], times a factor, as the right operand of a product. */
  static void panels(
      MemorySegment x,
      long at,
      long stride,
      int rows,
      int width,
      float factor,
      float[] to,
      int toAt) {
    int vectors = AttentionTile.vectors(width);
    for (int v = 0; v < vectors; ) {
      int panel = AttentionTile.panel(vectors - v);
      for (int u = v; u < v + panel; u++) {
        int target = toAt + v * L * rows + (u - v) * L;
        long source = at + 4L * u * L;
        if ((u + 1) * L <= width) {
          for (int r = 0; r < rows; r++) {
            fromMemorySegment(F32, x, source + r * stride, ORDER)
                .mul(factor)
                .intoArray(to, target + r * panel * L);
          }
        } else {
          VectorMask<Float> m = F32.indexInRange(0, width - u * L);
          for (int r = 0; r < rows; r++) {
            fromMemorySegment(F32, x, source + r * stride, ORDER, m)
                .mul(factor)
                .intoArray(to, target + r * panel * L);
          }
        }
      }
      v += panel;
    }
  }

  /**
   * The transpose [width, rows] of the matrix [rows, width] as the right operand of a product. The
   * columns after the last row repeat it: whoever reads the product leaves them out. Needs {@link
   * TileTranspose#SCRATCH} floats at scratchAt.
   */
  static void transposedPanels(
      MemorySegment x,
      long at,
      long stride,
      int rows,
      int width,
      float[] to,
      int toAt,
      int scratchAt) {
    int vectors = AttentionTile.vectors(rows);
    int whole = width / L * L;
    for (int v = 0; v < vectors; ) {
      int panel = AttentionTile.panel(vectors - v);
      int step = panel * L;
      for (int u = v; u < v + panel; u++) {
        int target = toAt + v * L * width + (u - v) * L;
        long source = at + u * L * stride;
        int last = Math.min(L, rows - u * L) - 1;
        for (int k = 0; k < whole; k += L) {
          TileTranspose.run(
              x, source + 4L * k, stride, last, to, target + k * step, step, to, scratchAt);
        }
        for (int lane = 0; lane < L && whole < width; lane++) {
          long row = source + Math.min(lane, last) * stride;
          for (int k = whole; k < width; k++) {
            to[target + k * step + lane] = Mem.get(x, row + 4L * k);
          }
        }
      }
      v += panel;
    }
  }

  /** Writes [rows, width] of an array with rows fromRow apart, row i times factors[i] factor. */
  static void unpack(
      float[] from,
      int fromAt,
      int fromRow,
      int rows,
      int width,
      float[] factors,
      int factorsAt,
      MemorySegment y,
      long at,
      long stride) {
    for (int r = 0; r < rows; r++) {
      unpackRow(from, fromAt + r * fromRow, width, factors[factorsAt + r], y, at + r * stride);
    }
  }

  /** Writes [rows, width] of an array with rows fromRow apart, times a factor. */
  static void unpack(
      float[] from,
      int fromAt,
      int fromRow,
      int rows,
      int width,
      float factor,
      MemorySegment y,
      long at,
      long stride) {
    for (int r = 0; r < rows; r++) {
      unpackRow(from, fromAt + r * fromRow, width, factor, y, at + r * stride);
    }
  }

  private static void unpackRow(
      float[] from, int fromAt, int width, float factor, MemorySegment y, long at) {
    int j = 0;
    for (; j <= width - L; j += L) {
      fromArray(F32, from, fromAt + j).mul(factor).intoMemorySegment(y, at + 4L * j, ORDER);
    }
    if (j < width) {
      FloatVector v = fromArray(F32, from, fromAt + j).mul(factor);
      v.intoMemorySegment(y, at + 4L * j, ORDER, F32.indexInRange(0, width - j));
    }
  }
}

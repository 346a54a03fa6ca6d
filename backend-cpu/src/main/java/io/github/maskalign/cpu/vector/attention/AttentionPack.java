package io.github.maskalign.cpu.vector.attention;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.cpu.vector.PaddedRows;
import io.github.maskalign.cpu.vector.RegisterTranspose;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.VectorMask;

/** Packs one head's matrices as right operands of {@link AttentionTile}. */
final class AttentionPack {
  private AttentionPack() {}

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
    int vectors = PaddedRows.vectors(width);
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
   * columns after the last row repeat it; callers ignore them.
   */
  static void transposedPanels(
      MemorySegment x, long at, long stride, int rows, int width, float[] to, int toAt) {
    int vectors = PaddedRows.vectors(rows);
    for (int v = 0; v < vectors; ) {
      int panel = AttentionTile.panel(vectors - v);
      int first = v * L;
      int count = Math.min(panel * L, rows - first);
      transposed(x, at + first * stride, stride, count, width, to, toAt + first * width, panel * L);
      v += panel;
    }
  }

  /**
   * The transpose of the matrix [rows, width], its rows step floats apart and padded to whole
   * vectors by repeating the last row of the matrix.
   */
  static void transposed(
      MemorySegment x, long at, long stride, int rows, int width, float[] to, int toAt, int step) {
    int whole = width / L * L;
    for (int r = 0; r < rows; r += L) {
      int last = Math.min(L, rows - r) - 1;
      long source = at + r * stride;
      for (int k = 0; k < whole; k += L) {
        RegisterTranspose.transpose(
            L, x, source + 4L * k, stride, last, to, toAt + k * step + r, step);
      }
      for (int lane = 0; lane < L && whole < width; lane++) {
        long row = source + Math.min(lane, last) * stride;
        for (int k = whole; k < width; k++) {
          to[toAt + k * step + r + lane] = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, row + 4L * k);
        }
      }
    }
  }

  /** Multiplies an array from an index on; count is a multiple of L. */
  static void multiply(float[] s, int at, int count, float factor) {
    for (int i = 0; i < count; i += L) {
      fromArray(F32, s, at + i).mul(factor).intoArray(s, at + i);
    }
  }
}

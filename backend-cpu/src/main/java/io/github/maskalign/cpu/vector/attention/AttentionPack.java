package io.github.maskalign.cpu.vector.attention;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.cpu.vector.PaddedRows;
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
   * columns after the last row repeat it; callers ignore them. Needs {@link TileTranspose#SCRATCH}
   * floats at scratchAt.
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
    int vectors = PaddedRows.vectors(rows);
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
            to[target + k * step + lane] = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, row + 4L * k);
          }
        }
      }
      v += panel;
    }
  }
}

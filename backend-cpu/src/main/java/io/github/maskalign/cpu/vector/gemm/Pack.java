package io.github.maskalign.cpu.vector.gemm;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.vector.RegisterTranspose;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Copies blocks of operands into panels that {@link MicroKernel} reads from end to end. A panel of
 * A is [depth, ROWS], one of B is [depth, COLUMNS]. Elements past the edge of a matrix are
 * arbitrary: they affect only results that are not stored.
 */
final class Pack {

  private static final int ROWS = MicroKernel.ROWS;
  private static final int COLUMNS = MicroKernel.COLUMNS;

  /** Rows that {@link RegisterTranspose} takes for the rows of a panel. */
  private static final int TURNED = Integer.highestOneBit(2 * ROWS - 1);

  /** Between its vectors. Those of 12 rows are of 16: the next one overwrites what exceeds them. */
  private static final int TURNED_STEP = TURNED == ROWS ? L : ROWS;

  /** Floats after the last panel of A that packing may overwrite. */
  static final int SLACK = L;

  private Pack() {}

  /**
   * Packs rows row .. row + rows - 1, columns k .. k + depth - 1 of a as panels one after another.
   */
  static void a(Matrix a, int row, int rows, int k, int depth, float[] to) {
    if (a.rowStride() == 1) {
      copyRows(a.segment(), a.at(row, k), 4 * a.columnStride(), rows, depth, to);
      return;
    }
    for (int i = 0; i < rows; i += ROWS) {
      int height = Math.min(ROWS, rows - i);
      long at = a.at(row + i, k);
      int toAt = i * depth;
      if (a.columnStride() == 1 && depth >= L) {
        transposePanel(a.segment(), at, 4 * a.rowStride(), height, depth, to, toAt);
      } else {
        long across = 4 * a.rowStride();
        gather(a.segment(), at, across, 4 * a.columnStride(), height, depth, to, toAt, ROWS);
      }
    }
  }

  /** Packs one panel of b: rows k .. k + depth - 1, width columns from column. */
  static void b(Matrix b, int k, int depth, int column, int width, float[] to, int toAt) {
    MemorySegment from = b.segment();
    long at = b.at(k, column);
    if (b.columnStride() == 1) {
      if (width == COLUMNS) {
        copyColumns(from, at, 4 * b.rowStride(), depth, to, toAt);
      } else {
        copyEdge(from, at, 4 * b.rowStride(), width, depth, to, toAt);
      }
    } else if (b.rowStride() == 1 && depth >= L) {
      transposeColumns(from, at, 4 * b.columnStride(), width, depth, to, toAt);
    } else {
      gather(from, at, 4 * b.columnStride(), 4 * b.rowStride(), width, depth, to, toAt, COLUMNS);
    }
  }

  /**
   * A stored with its rows side by side. Vectors are longer than the rows of a panel: what exceeds
   * them is overwritten by the next step, the next panel, or lies in the slack.
   */
  private static void copyRows(
      MemorySegment from, long at, long step, int rows, int depth, float[] to) {
    for (int i = 0; i < rows; i += ROWS) {
      long source = at + 4L * i;
      if (rows - i >= L) {
        copyPanel(from, source, step, depth, to, i * depth);
      } else {
        copyLastPanel(from, source, step, Math.min(ROWS, rows - i), depth, to, i * depth);
      }
    }
  }

  private static void copyPanel(
      MemorySegment from, long at, long step, int depth, float[] to, int toAt) {
    for (int k = 0; k < depth; k++) {
      FloatVector.fromMemorySegment(F32, from, at + k * step, ORDER).intoArray(to, toAt + k * ROWS);
    }
  }

  private static void copyLastPanel(
      MemorySegment from, long at, long step, int height, int depth, float[] to, int toAt) {
    int whole = steps(from, at, step, 4L * L, depth);
    copyPanel(from, at, step, whole, to, toAt);
    long rest = at + whole * step;
    gather(from, rest, 4, step, height, depth - whole, to, toAt + whole * ROWS, ROWS);
  }

  /**
   * Steps at which so many bytes are within the memory, at most depth. Masks would do as well, but
   * C2 compiles the check for the end of the memory as if it never failed, again and again.
   */
  private static int steps(MemorySegment from, long at, long step, long bytes, int depth) {
    long room = from.byteSize() - bytes - at;
    return room < 0 ? 0 : step == 0 ? depth : (int) Math.min(depth, room / step + 1);
  }

  private static void copyColumns(
      MemorySegment from, long at, long step, int depth, float[] to, int toAt) {
    for (int k = 0; k < depth; k++) {
      long source = at + k * step;
      int target = toAt + k * COLUMNS;
      FloatVector.fromMemorySegment(F32, from, source, ORDER).intoArray(to, target);
      FloatVector.fromMemorySegment(F32, from, source + 4L * L, ORDER).intoArray(to, target + L);
    }
  }

  private static void copyEdge(
      MemorySegment from, long at, long step, int width, int depth, float[] to, int toAt) {
    int whole = steps(from, at, step, 4L * COLUMNS, depth);
    copyColumns(from, at, step, whole, to, toAt);
    long rest = at + whole * step;
    gather(from, rest, 4, step, width, depth - whole, to, toAt + whole * COLUMNS, COLUMNS);
  }

  /** A stored row by row. The last block overlaps the one before, which needs no masks. */
  private static void transposePanel(
      MemorySegment from, long at, long row, int height, int depth, float[] to, int toAt) {
    for (int k = 0; k < depth; k += L) {
      int start = Math.min(k, depth - L);
      RegisterTranspose.transpose(
          TURNED, from, at + 4L * start, row, height - 1, to, toAt + start * ROWS, TURNED_STEP);
    }
  }

  /** B stored column by column. */
  private static void transposeColumns(
      MemorySegment from, long at, long column, int width, int depth, float[] to, int toAt) {
    for (int j = 0; j < width; j += L) {
      int last = Math.min(L, width - j) - 1;
      for (int k = 0; k < depth; k += L) {
        int start = Math.min(k, depth - L);
        RegisterTranspose.transpose(
            L,
            from,
            at + j * column + 4L * start,
            column,
            last,
            to,
            toAt + start * COLUMNS + j,
            COLUMNS);
      }
    }
  }

  /**
   * Any strides: lanes of a panel are {@code across} bytes apart, its steps {@code along} bytes.
   */
  private static void gather(
      MemorySegment from,
      long at,
      long across,
      long along,
      int lanes,
      int depth,
      float[] to,
      int toAt,
      int width) {
    for (int i = 0; i < lanes; i++) {
      long source = at + i * across;
      for (int k = 0; k < depth; k++) {
        to[toAt + k * width + i] = from.get(JAVA_FLOAT_UNALIGNED, source + k * along);
      }
    }
  }
}

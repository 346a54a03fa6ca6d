package io.github.maskalign.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies blocks of operands into panels that {@link MicroKernel} reads from end to end. A panel of
 * A is [depth, ROWS], one of B is [depth, COLUMNS]. What lies past the edge of a matrix is filled
 * with anything: it meets only results that are not stored.
 */
final class Pack {

  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = Lanes.COUNT;
  private static final int ROWS = MicroKernel.ROWS;
  private static final int COLUMNS = MicroKernel.COLUMNS;

  private Pack() {}

  /** Floats of a packed block of A, with room for what is written past its end. */
  static int sizeOfA(int rows, int depth) {
    return Math.ceilDiv(rows, ROWS) * ROWS * depth + L;
  }

  /**
   * Packs rows row .. row + rows - 1, columns k .. k + depth - 1 of a as panels one after another.
   */
  static void a(GemmOperand a, int row, int rows, int k, int depth, float[] to) {
    for (int i = 0; i < rows; i += ROWS) {
      int height = Math.min(ROWS, rows - i);
      long at = a.at(row + i, k);
      if (a.rowStride() == 1) {
        copyRows(a.segment(), at, 4 * a.columnStride(), height, depth, to, i * depth);
      } else if (a.columnStride() == 1 && depth >= L) {
        transposePanel(a.segment(), at, 4 * a.rowStride(), height, depth, to, i * depth);
      } else {
        gather(
            a.segment(),
            at,
            4 * a.rowStride(),
            4 * a.columnStride(),
            height,
            depth,
            to,
            i * depth,
            ROWS);
      }
    }
  }

  /** Packs one panel of b: rows k .. k + depth - 1, width columns from column. */
  static void b(GemmOperand b, int k, int depth, int column, int width, float[] to, int toAt) {
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
   * A stored with its rows side by side. A whole vector is copied for every step, though a panel
   * may have half as many rows: the next step overwrites the rest. A shorter vector would do, but
   * once the JVM has seen two lengths it may take either for the other, and box what it loads.
   */
  private static void copyRows(
      MemorySegment from, long at, long step, int height, int depth, float[] to, int toAt) {
    long room = from.byteSize() - 4L * L - at;
    int whole = step <= 0 || room < 0 ? 0 : (int) Math.min(depth, room / step + 1);
    for (int k = 0; k < whole; k++) {
      FloatVector.fromMemorySegment(S, from, at + k * step, LITTLE_ENDIAN)
          .intoArray(to, toAt + k * ROWS);
    }
    VectorMask<Float> mask = S.indexInRange(0, height);
    for (int k = whole; k < depth; k++) {
      FloatVector.fromMemorySegment(S, from, at + k * step, LITTLE_ENDIAN, mask)
          .intoArray(to, toAt + k * ROWS);
    }
  }

  private static void copyColumns(
      MemorySegment from, long at, long step, int depth, float[] to, int toAt) {
    for (int k = 0; k < depth; k++) {
      long source = at + k * step;
      int target = toAt + k * COLUMNS;
      FloatVector.fromMemorySegment(S, from, source, LITTLE_ENDIAN).intoArray(to, target);
      FloatVector.fromMemorySegment(S, from, source + 4L * L, LITTLE_ENDIAN)
          .intoArray(to, target + L);
    }
  }

  private static void copyEdge(
      MemorySegment from, long at, long step, int width, int depth, float[] to, int toAt) {
    VectorMask<Float> low = S.indexInRange(0, width);
    VectorMask<Float> high = S.indexInRange(L, width);
    for (int k = 0; k < depth; k++) {
      long source = at + k * step;
      int target = toAt + k * COLUMNS;
      FloatVector.fromMemorySegment(S, from, source, LITTLE_ENDIAN, low).intoArray(to, target);
      if (width > L) {
        FloatVector.fromMemorySegment(S, from, source + 4L * L, LITTLE_ENDIAN, high)
            .intoArray(to, target + L);
      }
    }
  }

  /** A stored row by row. The last block overlaps the one before, which needs no masks. */
  private static void transposePanel(
      MemorySegment from, long at, long row, int height, int depth, float[] to, int toAt) {
    for (int k = 0; k < depth; k += L) {
      int start = Math.min(k, depth - L);
      PackTranspose.transpose(
          ROWS, from, at + 4L * start, row, height - 1, to, toAt + start * ROWS, L);
    }
  }

  /** B stored column by column. */
  private static void transposeColumns(
      MemorySegment from, long at, long column, int width, int depth, float[] to, int toAt) {
    for (int j = 0; j < width; j += L) {
      int last = Math.min(L, width - j) - 1;
      for (int k = 0; k < depth; k += L) {
        int start = Math.min(k, depth - L);
        PackTranspose.transpose(
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

  /** Any strides: lanes of a panel lie across apart, its steps along apart. */
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

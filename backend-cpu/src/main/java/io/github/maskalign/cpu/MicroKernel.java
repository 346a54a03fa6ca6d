package io.github.maskalign.cpu;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loop of the matrix product, and the tile shape that suits the vector width.
 *
 * <p>Every element of the result is one chain of fused multiply-adds over k, whatever the tile and
 * its place, so that neither the split of the work nor the vector width shows in the bits.
 */
final class MicroKernel {

  private static final VectorSpecies<Float> S = Lanes.F32;
  private static final int L = Lanes.COUNT;

  /** Only 512-bit vectors promise 32 registers. */
  private static final boolean WIDE = L >= 16;

  /** Rows of a tile. */
  static final int ROWS = WIDE ? MicroKernelWide.ROWS : MicroKernelNarrow.ROWS;

  /** Columns of a tile. */
  static final int COLUMNS = 2 * L;

  private MicroKernel() {}

  /**
   * c [rows, columns] = a [depth, ROWS]^T b [depth, COLUMNS] (+ addend), of which only the first
   * rows and columns are stored. Places and row strides of a and b are in floats, of c and the
   * addend in bytes. The addend may be c itself, or a bias with row stride 0.
   */
  static void run(
      int depth,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int rows,
      int columns,
      MemorySegment c,
      long cAt,
      long cRow,
      MemorySegment addend,
      long addendAt,
      long addendRow,
      boolean add) {
    if (WIDE) {
      MicroKernelWide.run(
          depth, a, aAt, b, bAt, rows, columns, c, cAt, cRow, addend, addendAt, addendRow, add);
    } else {
      MicroKernelNarrow.run(
          depth, a, aAt, b, bAt, rows, columns, c, cAt, cRow, addend, addendAt, addendRow, add);
    }
  }

  /** Stores one full row of a tile. */
  static void put(
      FloatVector x,
      FloatVector y,
      MemorySegment c,
      long at,
      MemorySegment addend,
      long addendAt,
      boolean add) {
    if (add) {
      x = x.add(FloatVector.fromMemorySegment(S, addend, addendAt, LITTLE_ENDIAN));
      y = y.add(FloatVector.fromMemorySegment(S, addend, addendAt + 4L * L, LITTLE_ENDIAN));
    }
    x.intoMemorySegment(c, at, LITTLE_ENDIAN);
    y.intoMemorySegment(c, at + 4L * L, LITTLE_ENDIAN);
  }

  /** Stores the first columns of one row of a tile. */
  static void putEdge(
      int columns,
      FloatVector x,
      FloatVector y,
      MemorySegment c,
      long at,
      MemorySegment addend,
      long addendAt,
      boolean add) {
    VectorMask<Float> low = S.indexInRange(0, columns);
    VectorMask<Float> high = S.indexInRange(L, columns);
    if (add) {
      x = x.add(FloatVector.fromMemorySegment(S, addend, addendAt, LITTLE_ENDIAN, low));
    }
    x.intoMemorySegment(c, at, LITTLE_ENDIAN, low);
    if (columns > L) {
      if (add) {
        y = y.add(FloatVector.fromMemorySegment(S, addend, addendAt + 4L * L, LITTLE_ENDIAN, high));
      }
      y.intoMemorySegment(c, at + 4L * L, LITTLE_ENDIAN, high);
    }
  }
}

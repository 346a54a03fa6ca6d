package io.github.maskalign.cpu.vector.gemm;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Computes a tile of the matrix product by {@link MicroKernelWide} or {@link MicroKernelNarrow},
 * whose loops suit the vector width, and stores it.
 *
 * <p>Every element of a tile is one chain of fused multiply-adds over k, whatever the tile's shape
 * and place, so that the split of the work does not show in the bits.
 *
 * <p>The kernel leaves its tile in an array, and {@link #store} reads it from there: in a single
 * method, C2 would stop inlining among the stores and box every accumulator.
 */
final class MicroKernel {

  /** Only 512-bit vectors promise 32 registers. */
  private static final boolean WIDE = L >= 16;

  /** Rows of a tile. */
  static final int ROWS = WIDE ? MicroKernelWide.ROWS : MicroKernelNarrow.ROWS;

  /** Columns of a tile. */
  static final int COLUMNS = 2 * L;

  /** Floats of a tile, and one more. */
  static final int TILE = ROWS * COLUMNS + 1;

  private MicroKernel() {}

  /**
   * The part of the next panel of B that a tile reads ahead; the tiles of a column of tiles take
   * the parts in turn.
   *
   * @param tile number of the tile in its column
   */
  static int part(int depth, int tile) {
    return WIDE ? tile % (COLUMNS / MicroKernelWide.TOUCHED) * MicroKernelWide.TOUCHED * depth : 0;
  }

  /**
   * tile [ROWS, COLUMNS] = a [depth, ROWS]^T b [depth, COLUMNS], the panels at aAt and bAt.
   *
   * @param nextAt a part of b that is needed next
   * @param tile room for {@link #TILE} floats
   */
  static void run(int depth, float[] a, int aAt, float[] b, int bAt, int nextAt, float[] tile) {
    if (WIDE) {
      MicroKernelWide.run(depth, a, aAt, b, bAt, nextAt, tile);
    } else {
      MicroKernelNarrow.run(depth, a, aAt, b, bAt, tile);
    }
  }

  /**
   * c [rows, columns] = the first rows and columns of a tile (+ addend). Addresses and row strides
   * are in bytes. The addend may be c itself, or a bias with row stride 0.
   */
  static void store(
      float[] tile,
      int rows,
      int columns,
      MemorySegment c,
      long cAt,
      long cRow,
      MemorySegment addend,
      long addendAt,
      long addendRow,
      boolean add) {
    if (columns < COLUMNS) {
      storeEdge(tile, rows, columns, c, cAt, cRow, addend, addendAt, addendRow, add);
      return;
    }
    for (int i = 0; i < rows; i++) {
      FloatVector x = FloatVector.fromArray(F32, tile, i * COLUMNS);
      FloatVector y = FloatVector.fromArray(F32, tile, i * COLUMNS + L);
      if (add) {
        long from = addendAt + i * addendRow;
        x = x.add(FloatVector.fromMemorySegment(F32, addend, from, ORDER));
        y = y.add(FloatVector.fromMemorySegment(F32, addend, from + 4L * L, ORDER));
      }
      long to = cAt + i * cRow;
      x.intoMemorySegment(c, to, ORDER);
      y.intoMemorySegment(c, to + 4L * L, ORDER);
    }
  }

  private static void storeEdge(
      float[] tile,
      int rows,
      int columns,
      MemorySegment c,
      long cAt,
      long cRow,
      MemorySegment addend,
      long addendAt,
      long addendRow,
      boolean add) {
    for (int j = 0; j < columns; j += L) {
      VectorMask<Float> mask = F32.indexInRange(j, columns);
      for (int i = 0; i < rows; i++) {
        FloatVector x = FloatVector.fromArray(F32, tile, i * COLUMNS + j);
        if (add) {
          long from = addendAt + i * addendRow + 4L * j;
          x = x.add(FloatVector.fromMemorySegment(F32, addend, from, ORDER, mask));
        }
        x.intoMemorySegment(c, cAt + i * cRow + 4L * j, ORDER, mask);
      }
    }
  }
}

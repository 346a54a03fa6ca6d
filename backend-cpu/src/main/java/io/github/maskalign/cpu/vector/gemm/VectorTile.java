package io.github.maskalign.cpu.vector.gemm;

import static io.github.maskalign.cpu.vector.Lanes.L;

import io.github.maskalign.cpu.gemm.Blocking;
import io.github.maskalign.cpu.gemm.GemmProduct;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.gemm.PackedBlock;
import io.github.maskalign.cpu.gemm.PackedMatrix;
import io.github.maskalign.cpu.gemm.TileKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import java.lang.foreign.MemorySegment;

/**
 * The inner loops of the matrix product on vectors. Panels of B are [depth, columns], one after
 * another in the first array, from a cache line on.
 */
public final class VectorTile implements TileKernel<float[]> {

  private static final int ROWS = MicroKernel.ROWS;
  private static final int COLUMNS = MicroKernel.COLUMNS;

  /** Measured on Zen 5 and on an Intel Xeon (16 lanes), and on Zen 3. */
  private static final Blocking BLOCKING =
      L >= 16
          ? new Blocking(ROWS, COLUMNS, 2 * COLUMNS, 1024, 96, 1536, 1)
          : new Blocking(ROWS, COLUMNS, 2 * COLUMNS, 384, 48, 1536, 1);

  /** Rows of B, stored row by row, that are packed across all panels before the next. */
  private static final int ROWS_READ = 16;

  private final Scratch scratch;

  /** A kernel that packs A into arrays of the given pool. */
  public VectorTile(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public Blocking blocking() {
    return BLOCKING;
  }

  @Override
  public float[] newPanels(int floats) {
    return new float[floats + CacheLines.FLOATS];
  }

  @Override
  public boolean fits(long floats) {
    return floats <= Integer.MAX_VALUE - CacheLines.FLOATS && PackedMatrix.fitsHeap(4 * floats);
  }

  @Override
  public float[] takePanels(int floats) {
    return scratch.takeFloats(floats + CacheLines.FLOATS);
  }

  @Override
  public void givePanels(float[] panels) {
    scratch.give(panels);
  }

  @Override
  public int firstPanel(float[] panels) {
    return CacheLines.first(panels);
  }

  @Override
  public void packB(Matrix b, PackedBlock<float[]> block, int from, int to) {
    int chunk = b.columnStride() == 1 ? ROWS_READ : block.depth();
    for (int k = 0; k < block.depth(); k += chunk) {
      packRows(b, block, k, Math.min(chunk, block.depth() - k), from, to);
    }
  }

  private static void packRows(
      Matrix b, PackedBlock<float[]> block, int k, int rows, int from, int to) {
    for (int j = from; j < to; j += COLUMNS) {
      int width = Math.min(COLUMNS, to - j);
      int column = block.column() + j;
      int at = block.panel(j) + k * COLUMNS;
      Pack.b(b, block.k() + k, rows, column, width, block.panels(), at);
    }
  }

  @Override
  public void multiply(
      GemmProduct product,
      PackedBlock<float[]> block,
      int row,
      int toRow,
      int from,
      int to,
      int atOnce) {
    int depth = block.depth();
    float[] packedA =
        scratch.takeFloats(
            Blocking.roundUp(Math.min(atOnce, toRow - row), ROWS) * depth + Pack.SLACK);
    float[] tile = scratch.takeFloats(MicroKernel.TILE);
    try {
      for (int i = row; i < toRow; i += atOnce) {
        int rows = Math.min(atOnce, toRow - i);
        Pack.a(product.a(), i, rows, block.k(), depth, packedA);
        tiles(product, i, rows, from, to, block, packedA, tile);
      }
    } finally {
      scratch.give(tile);
      scratch.give(packedA);
    }
  }

  /**
   * The tiles of some rows, packed, with columns from .. to - 1 of a block of b.
   *
   * @param tile room for one tile
   */
  private static void tiles(
      GemmProduct product,
      int row,
      int rows,
      int from,
      int to,
      PackedBlock<float[]> block,
      float[] packedA,
      float[] tile) {
    int depth = block.depth();
    int column = block.column();
    float[] panels = block.panels();
    Matrix c = product.c();
    Operand bias = block.k() == 0 ? product.bias() : null;
    boolean add = bias != null || product.accumulate() || block.k() > 0;
    MemorySegment out = c.segment();
    MemorySegment addend = bias != null ? bias.segment() : out;
    long cRow = 4 * c.rowStride();
    long addendRow = bias != null ? 0 : cRow;
    for (int j = from; j < to; j += COLUMNS) {
      int width = Math.min(COLUMNS, to - j);
      int next = block.panel(j + COLUMNS < to ? j + COLUMNS : j);
      for (int i = 0; i < rows; i += ROWS) {
        long at = c.at(row + i, column + j);
        long addendAt = bias != null ? bias.at(column + j) : at;
        int height = Math.min(ROWS, rows - i);
        int nextAt = next + MicroKernel.part(depth, i / ROWS);
        MicroKernel.run(depth, packedA, i * depth, panels, block.panel(j), nextAt, tile);
        MicroKernel.store(tile, height, width, out, at, cRow, addend, addendAt, addendRow, add);
      }
    }
  }
}

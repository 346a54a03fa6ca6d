package io.github.maskalign.cpu.vector.gemm;

import static io.github.maskalign.cpu.vector.Lanes.L;

import io.github.maskalign.cpu.gemm.Blocking;
import io.github.maskalign.cpu.gemm.GemmProduct;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.gemm.PackedBlock;
import io.github.maskalign.cpu.gemm.TileKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import java.lang.foreign.MemorySegment;

/**
 * The inner loops of the matrix product on vectors. Panels of B are [depth, columns], one after
 * another in the first array.
 */
public final class VectorTile implements TileKernel {

  private static final int ROWS = MicroKernel.ROWS;
  private static final int COLUMNS = MicroKernel.COLUMNS;

  /** Measured on Zen 5 (16 lanes) and Zen 3. */
  private static final Blocking BLOCKING =
      L >= 16
          ? new Blocking(ROWS, COLUMNS, 2 * COLUMNS, 768, 96)
          : new Blocking(ROWS, COLUMNS, 2 * COLUMNS, 384, 48);

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
  public float[][] newPanels(int floats) {
    return new float[][] {new float[floats]};
  }

  @Override
  public float[][] takePanels(int floats) {
    return new float[][] {scratch.takeFloats(floats)};
  }

  @Override
  public void givePanels(float[][] panels) {
    scratch.give(panels[0]);
  }

  @Override
  public void packB(Matrix b, PackedBlock block, int from, int to) {
    for (int j = from; j < to; j += COLUMNS) {
      int width = Math.min(COLUMNS, to - j);
      int column = block.column() + j;
      Pack.b(b, block.k(), block.depth(), column, width, block.panels()[0], block.panel(j));
    }
  }

  @Override
  public void multiply(
      GemmProduct product, PackedBlock block, int row, int toRow, int from, int to, int atOnce) {
    int depth = block.depth();
    float[] packedA =
        scratch.takeFloats(Blocking.roundUp(Math.min(atOnce, toRow - row), ROWS) * depth);
    float[] tile = scratch.takeFloats(ROWS * COLUMNS);
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
      PackedBlock block,
      float[] packedA,
      float[] tile) {
    int depth = block.depth();
    int column = block.column();
    float[] panels = block.panels()[0];
    Matrix c = product.c();
    Operand bias = block.k() == 0 ? product.bias() : null;
    boolean add = bias != null || product.accumulate() || block.k() > 0;
    MemorySegment out = c.segment();
    MemorySegment addend = bias != null ? bias.segment() : out;
    long cRow = 4 * c.rowStride();
    long addendRow = bias != null ? 0 : cRow;
    for (int j = from; j < to; j += COLUMNS) {
      int width = Math.min(COLUMNS, to - j);
      for (int i = 0; i < rows; i += ROWS) {
        long at = c.at(row + i, column + j);
        long addendAt = bias != null ? bias.at(column + j) : at;
        int height = Math.min(ROWS, rows - i);
        MicroKernel.run(depth, packedA, i * depth, panels, block.panel(j), tile);
        MicroKernel.store(tile, height, width, out, at, cRow, addend, addendAt, addendRow, add);
      }
    }
  }
}

package io.github.maskalign.cpu.plain;

import io.github.maskalign.cpu.gemm.Blocking;
import io.github.maskalign.cpu.gemm.GemmProduct;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.gemm.PackedBlock;
import io.github.maskalign.cpu.gemm.PackedMatrix;
import io.github.maskalign.cpu.gemm.TileKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Packs, computes and stores tiles of the matrix product; {@link PlainProducts} has the inner
 * loops. Each row of a panel of B is an array.
 */
final class PlainTile implements TileKernel<float[][]> {
  private static final int ROWS = 8;

  // The widths of vision transformers are multiples of 192: no panel is mostly empty.
  private static final int COLUMNS = 384;

  private static final Blocking BLOCKING = new Blocking(ROWS, COLUMNS, 96, 256, 256, 1536, 1);

  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** Narrower blocks of B are multiplied transposed: vector loops want many elements. */
  private static final int NARROW = 192;

  /** Columns of B that are transposed together. */
  private static final int LINES = 16;

  private final Scratch scratch;

  PlainTile(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public Blocking blocking() {
    return BLOCKING;
  }

  @Override
  public float[][] newPanels(int floats) {
    return new float[floats / COLUMNS][COLUMNS];
  }

  @Override
  public boolean fits(long floats) {
    return floats <= Integer.MAX_VALUE && PackedMatrix.fitsHeap(4 * floats);
  }

  @Override
  public float[][] takePanels(int floats) {
    return scratch.takeRows(floats / COLUMNS, COLUMNS);
  }

  @Override
  public void givePanels(float[][] panels) {
    scratch.give(panels);
  }

  @Override
  public void packB(Matrix b, PackedBlock<float[][]> block, int from, int to) {
    for (int j = from; j < to; ) {
      int first = j / COLUMNS * COLUMNS;
      int end = Math.min(to, first + COLUMNS);
      pack(b, block, j, end, row(block, first), j - first);
      j = end;
    }
  }

  /** The array of the first row of the panel whose first column is j. */
  private static int row(PackedBlock<float[][]> block, int j) {
    return block.panel(j) / COLUMNS;
  }

  /** Packs the columns from .. to - 1 into the arrays from row on, from an index of them on. */
  private void pack(Matrix b, PackedBlock<float[][]> block, int from, int to, int row, int at) {
    int depth = block.depth();
    int width = to - from;
    int column = block.column() + from;
    float[][] panels = block.panels();
    if (b.columnStride() == 1) {
      for (int k = 0; k < depth; k++) {
        long source = b.at(block.k() + k, column);
        MemorySegment.copy(b.segment(), F32, source, panels[row + k], at, width);
      }
    } else if (b.rowStride() == 1) {
      float[] lines = scratch.takeFloats(LINES * depth);
      for (int j = 0; j < width; j += LINES) {
        int count = Math.min(LINES, width - j);
        for (int i = 0; i < count; i++) {
          long source = b.at(block.k(), column + j + i);
          MemorySegment.copy(b.segment(), F32, source, lines, i * depth, depth);
        }
        for (int k = 0; k < depth; k++) {
          float[] line = panels[row + k];
          for (int i = 0; i < count; i++) {
            line[at + j + i] = lines[i * depth + k];
          }
        }
      }
      scratch.give(lines);
    } else {
      for (int k = 0; k < depth; k++) {
        for (int j = 0; j < width; j++) {
          panels[row + k][at + j] = b.segment().get(F32, b.at(block.k() + k, column + j));
        }
      }
    }
  }

  @Override
  public void multiply(
      GemmProduct product,
      PackedBlock<float[][]> block,
      int row,
      int toRow,
      int from,
      int to,
      int atOnce) {
    if (row >= toRow || from >= to) {
      return;
    }
    boolean whole = from == 0 && to == block.columns();
    if (whole && block.columns() < NARROW && toRow - row > block.columns()) {
      multiplyTransposed(product, block, row, toRow, atOnce);
      return;
    }
    int depth = block.depth();
    float[] a = scratch.takeFloats(PlainProducts.packed(Math.min(atOnce, toRow - row), depth));
    float[][] tile = scratch.takeRows(ROWS, COLUMNS);
    for (int i = row; i < toRow; i += atOnce) {
      int rows = Math.min(atOnce, toRow - i);
      PlainProducts.pack(product.a(), i, rows, block.k(), depth, a, scratch);
      for (int j = from; j < to; j += COLUMNS) {
        int width = Math.min(COLUMNS, to - j);
        for (int r = 0; r < rows; r += ROWS) {
          int height = Math.min(ROWS, rows - r);
          int aAt = r * PlainProducts.pad(depth);
          clear(tile, height, width);
          PlainProducts.add(a, aAt, block.panels(), row(block, j), depth, tile, height, width);
          store(product, block, i + r, height, j, width, tile);
        }
      }
    }
    scratch.give(tile);
    scratch.give(a);
  }

  /**
   * The same for all columns of a narrow block, as C^T = B^T A^T: the inner loop runs over rows of
   * C. The multiply-adds of an element are the same, and so are its bits.
   */
  private void multiplyTransposed(
      GemmProduct product, PackedBlock<float[][]> block, int row, int toRow, int atOnce) {
    int depth = block.depth();
    int columns = block.columns();
    int maxRows = Math.min(atOnce, toRow - row);
    float[] b = scratch.takeFloats(PlainProducts.packed(columns, depth));
    float[][] a = scratch.takeRows(depth, atOnce);
    float[][] turned = scratch.takeRows(PlainProducts.pad(columns), atOnce);
    float[][] tile = scratch.takeRows(maxRows, COLUMNS);
    PlainProducts.packTransposed(block.panels(), row(block, 0), columns, depth, b);
    PackedBlock<float[][]> rows = new PackedBlock<>(0, 0, block.k(), depth, depth, a, 0);
    for (int i = row; i < toRow; i += atOnce) {
      int n = Math.min(atOnce, toRow - i);
      pack(product.a().transposed(), rows, i, i + n, 0, 0);
      clear(turned, columns, n);
      PlainProducts.add(b, 0, a, 0, depth, turned, columns, n);
      PlainProducts.transpose(turned, columns, n, tile);
      store(product, block, i, n, 0, columns, tile);
    }
    scratch.give(tile);
    scratch.give(turned);
    scratch.give(a);
    scratch.give(b);
  }

  private static void clear(float[][] x, int rows, int n) {
    for (int i = 0; i < rows; i++) {
      Arrays.fill(x[i], 0, n, 0f);
    }
  }

  /** Writes a tile, plus the bias or the earlier terms of its elements. */
  private void store(
      GemmProduct product,
      PackedBlock<float[][]> block,
      int row,
      int rows,
      int from,
      int width,
      float[][] tile) {
    Matrix c = product.c();
    Operand bias = block.k() == 0 ? product.bias() : null;
    boolean add = product.accumulate() || block.k() > 0;
    int column = block.column() + from;
    float[] addend = scratch.takeFloats(width);
    if (bias != null) {
      bias.load(column, addend, width);
    }
    for (int i = 0; i < rows; i++) {
      long at = c.at(row + i, column);
      if (add) {
        MemorySegment.copy(c.segment(), F32, at, addend, 0, width);
      }
      if (add || bias != null) {
        PlainMath.add(tile[i], addend, width);
      }
      MemorySegment.copy(tile[i], 0, c.segment(), F32, at, width);
    }
    scratch.give(addend);
  }
}

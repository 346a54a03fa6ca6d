package io.github.maskalign.cpu.vector.bf16;

import static io.github.maskalign.cpu.bf16.Bf16Kernel.COLUMNS;
import static io.github.maskalign.cpu.bf16.Bf16Kernel.TERMS;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.Bf16Kernel.Rows;
import io.github.maskalign.cpu.gemm.Blocking;
import io.github.maskalign.cpu.gemm.GemmProduct;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.gemm.PackedBlock;
import io.github.maskalign.cpu.gemm.TileKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Rounds, packs and multiplies parts of products of BF16. */
public final class Bf16Tile implements TileKernel<MemorySegment> {

  /** Measured on Zen 5: 14 rows fill the registers, 768 terms of 32 columns the first cache. */
  private static final Blocking BLOCKING =
      new Blocking(14, COLUMNS, 2 * COLUMNS, 768, 196, 3072, TERMS);

  private static final long CACHE_LINE = 64;

  private static final long TILE_ROW = (long) Float.BYTES * COLUMNS;

  /** For all rows. */
  private static final Rows ZEROS = new Rows(Arena.global().allocate(TILE_ROW, CACHE_LINE), 0, 0);

  private final Bf16Kernel kernel;
  private final Scratch scratch;
  private final Bf16Pack pack;

  /** Products by a kernel, with operands packed into the given scratch memory. */
  public Bf16Tile(Bf16Kernel kernel, Scratch scratch) {
    this.kernel = kernel;
    this.scratch = scratch;
    this.pack = new Bf16Pack(scratch);
  }

  @Override
  public Blocking blocking() {
    return BLOCKING;
  }

  @Override
  public MemorySegment newPanels(int elements) {
    return Arena.ofAuto().allocate((long) Short.BYTES * elements, CACHE_LINE);
  }

  @Override
  public boolean fits(long elements) {
    // Not on the Java heap, whose limit is what other panels have to respect.
    return elements <= Integer.MAX_VALUE;
  }

  @Override
  public MemorySegment takePanels(int elements) {
    return scratch.takeMemory((long) Short.BYTES * elements);
  }

  @Override
  public void givePanels(MemorySegment panels) {
    scratch.give(panels);
  }

  @Override
  public void packB(Matrix b, PackedBlock<MemorySegment> block, int from, int to) {
    for (int j = from; j < to; j += COLUMNS) {
      int width = Math.min(COLUMNS, block.columns() - j);
      int column = block.column() + j;
      pack.b(b, block.k(), block.depth(), block.padded(), column, width, panel(block, j));
    }
  }

  /** The panel whose first column is j. */
  private static MemorySegment panel(PackedBlock<MemorySegment> block, int j) {
    long bytes = (long) Short.BYTES * block.padded() * COLUMNS;
    return block.panels().asSlice((long) Short.BYTES * block.panel(j), bytes);
  }

  @Override
  public void multiply(
      GemmProduct product,
      PackedBlock<MemorySegment> block,
      int row,
      int toRow,
      int from,
      int to,
      int atOnce) {
    int most = Math.min(atOnce, toRow - row);
    if (most <= 0) {
      return;
    }
    Matrix a = product.a();
    long stride = stride(block.padded());
    MemorySegment packed = isReady(a, block) ? null : scratch.takeMemory(most * stride);
    MemorySegment tile = scratch.takeMemory(most * TILE_ROW);
    // As equal as whole tiles allow, so that no part has few rows.
    int parts = Math.ceilDiv(toRow - row, atOnce);
    for (int part = 0; part < parts; part++) {
      int first = row + (int) ((long) (toRow - row) * part / parts);
      int rows = row + (int) ((long) (toRow - row) * (part + 1) / parts) - first;
      Rows terms;
      if (packed == null) {
        terms = new Rows(a.segment(), a.at(first, block.k()), Short.BYTES * a.rowStride());
      } else {
        pack.a(a, first, rows, block.k(), block.depth(), block.padded(), packed, stride);
        terms = new Rows(packed, 0, stride);
      }
      for (int j = from; j < to; j += COLUMNS) {
        if (block.columns() - j >= COLUMNS) {
          whole(product, block, first, rows, j, terms);
        } else {
          edge(product, block, first, rows, j, terms, new Rows(tile, 0, TILE_ROW));
        }
      }
    }
    scratch.give(tile);
    if (packed != null) {
      scratch.give(packed);
    }
  }

  /** Whether a can be read where it is: rounded before, row by row, with whole panels of terms. */
  private static boolean isReady(Matrix a, PackedBlock<MemorySegment> block) {
    return a.type() == DType.BF16 && a.columnStride() == 1 && block.depth() == block.padded();
  }

  /** Bytes of a row of A: an odd number of cache lines, so that rows share few sets of a cache. */
  private static long stride(int terms) {
    return CACHE_LINE * (Math.ceilDiv(Short.BYTES * terms, (int) CACHE_LINE) | 1);
  }

  private void whole(
      GemmProduct product, PackedBlock<MemorySegment> block, int row, int rows, int j, Rows a) {
    Matrix c = product.c();
    int column = block.column() + j;
    Rows result = new Rows(c.segment(), c.at(row, column), 4 * c.rowStride());
    Operand bias = product.bias();
    Rows addend = ZEROS;
    if (product.accumulate() || block.k() > 0) {
      addend = result;
    } else if (bias != null) {
      addend = new Rows(bias.segment(), bias.at(column), 0);
    }
    kernel.multiply(rows, block.padded(), a, panel(block, j), addend, result);
  }

  /**
   * A last panel that is not full.
   *
   * @param tile memory for its result, which is as wide as a full one
   */
  private void edge(
      GemmProduct product,
      PackedBlock<MemorySegment> block,
      int row,
      int rows,
      int j,
      Rows a,
      Rows tile) {
    Matrix c = product.c();
    int column = block.column() + j;
    long bytes = 4L * (block.columns() - j);
    Operand bias = product.bias();
    boolean add = product.accumulate() || block.k() > 0;
    for (int i = 0; i < rows; i++) {
      MemorySegment to = tile.memory().asSlice(i * TILE_ROW, bytes);
      if (add) {
        MemorySegment.copy(c.segment(), c.at(row + i, column), to, 0, bytes);
      } else if (bias != null) {
        MemorySegment.copy(bias.segment(), bias.at(column), to, 0, bytes);
      } else {
        to.fill((byte) 0);
      }
    }
    kernel.multiply(rows, block.padded(), a, panel(block, j), tile, tile);
    for (int i = 0; i < rows; i++) {
      MemorySegment.copy(tile.memory(), i * TILE_ROW, c.segment(), c.at(row + i, column), bytes);
    }
  }
}

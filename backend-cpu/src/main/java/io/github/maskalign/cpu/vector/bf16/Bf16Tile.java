package io.github.maskalign.cpu.vector.bf16;

import static io.github.maskalign.cpu.bf16.Bf16Kernel.COLUMNS;
import static io.github.maskalign.cpu.bf16.Bf16Kernel.TERMS;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.gemm.Blocking;
import io.github.maskalign.cpu.gemm.GemmProduct;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.gemm.PackedBlock;
import io.github.maskalign.cpu.gemm.TileKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Rounds, packs and multiplies parts of products of BF16. */
public final class Bf16Tile implements TileKernel<MemorySegment> {

  /** Measured on Zen 5: 14 rows fill the registers, 768 terms of 32 columns the first cache. */
  private static final Blocking BLOCKING =
      new Blocking(14, COLUMNS, 2 * COLUMNS, 768, 196, 3072, TERMS);

  private static final long CACHE_LINE = 64;

  private static final MemorySegment ZEROS =
      Arena.global().allocate((long) Float.BYTES * COLUMNS, CACHE_LINE);

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
      long at = at(block, j);
      int column = block.column() + j;
      pack.b(b, block.k(), block.depth(), block.padded(), column, width, block.panels(), at);
    }
  }

  /** Byte offset of the panel whose first column is j. */
  private static long at(PackedBlock<MemorySegment> block, int j) {
    return (long) Short.BYTES * block.panel(j);
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
    long stride = stride(block.padded());
    MemorySegment a = scratch.takeMemory(most * stride);
    MemorySegment edge = scratch.takeMemory((long) Float.BYTES * most * COLUMNS);
    // As equal as whole tiles allow, so that no part has few rows.
    int parts = Math.ceilDiv(toRow - row, atOnce);
    for (int part = 0; part < parts; part++) {
      int first = row + (int) ((long) (toRow - row) * part / parts);
      int rows = row + (int) ((long) (toRow - row) * (part + 1) / parts) - first;
      pack.a(product.a(), first, rows, block.k(), block.depth(), block.padded(), a, stride);
      for (int j = from; j < to; j += COLUMNS) {
        if (block.columns() - j >= COLUMNS) {
          whole(product, block, first, rows, j, a, stride);
        } else {
          edge(product, block, first, rows, j, a, stride, edge);
        }
      }
    }
    scratch.give(edge);
    scratch.give(a);
  }

  /** Bytes of a row of A: an odd number of cache lines, so that rows share few sets of a cache. */
  private static long stride(int terms) {
    return CACHE_LINE * (Math.ceilDiv(Short.BYTES * terms, (int) CACHE_LINE) | 1);
  }

  private void whole(
      GemmProduct product,
      PackedBlock<MemorySegment> block,
      int row,
      int rows,
      int j,
      MemorySegment a,
      long stride) {
    Matrix c = product.c();
    int column = block.column() + j;
    long at = c.at(row, column);
    long cRow = 4 * c.rowStride();
    Operand bias = block.k() == 0 ? product.bias() : null;
    MemorySegment addend = ZEROS;
    long addendAt = 0;
    long addendRow = 0;
    if (product.accumulate() || block.k() > 0) {
      addend = c.segment();
      addendAt = at;
      addendRow = cRow;
    } else if (bias != null) {
      addend = bias.segment();
      addendAt = bias.at(column);
    }
    kernel.multiply(
        rows,
        block.padded(),
        a,
        0,
        stride,
        block.panels(),
        at(block, j),
        addend,
        addendAt,
        addendRow,
        c.segment(),
        at,
        cRow);
  }

  /** A last panel that is not full, by way of a result of its own. */
  private void edge(
      GemmProduct product,
      PackedBlock<MemorySegment> block,
      int row,
      int rows,
      int j,
      MemorySegment a,
      long stride,
      MemorySegment tile) {
    Matrix c = product.c();
    int column = block.column() + j;
    long bytes = 4L * (block.columns() - j);
    long tileRow = 4L * COLUMNS;
    Operand bias = block.k() == 0 ? product.bias() : null;
    boolean add = product.accumulate() || block.k() > 0;
    for (int i = 0; i < rows; i++) {
      MemorySegment to = tile.asSlice(i * tileRow, bytes);
      if (add) {
        MemorySegment.copy(c.segment(), c.at(row + i, column), to, 0, bytes);
      } else if (bias != null) {
        MemorySegment.copy(bias.segment(), bias.at(column), to, 0, bytes);
      } else {
        to.fill((byte) 0);
      }
    }
    kernel.multiply(
        rows,
        block.padded(),
        a,
        0,
        stride,
        block.panels(),
        at(block, j),
        tile,
        0,
        tileRow,
        tile,
        0,
        tileRow);
    for (int i = 0; i < rows; i++) {
      MemorySegment.copy(tile, i * tileRow, c.segment(), c.at(row + i, column), bytes);
    }
  }
}

package io.github.maskalign.cpu;

import io.github.maskalign.tensor.error.ShapeException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The matrix product of floats, packed and blocked (Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication", 2008): a block of B is packed once and shared by all
 * threads; each task packs its rows of A, which stay in its second-level cache.
 *
 * <p>The sum over k is cut into equal parts of at most {@link #DEPTH} terms and nowhere else; the
 * parts are added in order. So the bits of an element depend on its row of A and its column of B
 * alone: not on the number of threads nor on the size of the batch.
 */
final class Gemm {

  private static final boolean WIDE = Lanes.COUNT >= 16;

  /**
   * Terms of a partial sum. More terms mean fewer passes over C, whose cache misses nothing hides;
   * fewer keep the panels in the first-level cache. Measured on Zen 5 (wide) and Zen 3.
   */
  static final int DEPTH = WIDE ? 768 : 384;

  /** Rows of A in a task: with {@link #DEPTH}, a part of the second-level cache. */
  static final int BLOCK_ROWS = WIDE ? 96 : 48;

  /**
   * Rows of A, such as the tokens of one picture, that go with {@link #DEPTH} into the second-level
   * cache whole: then each thread takes columns of B, and reads them once.
   */
  private static final int FEW_ROWS = 208;

  /** Columns of B packed at a time: with {@link #DEPTH}, a part of the third-level cache. */
  static final int BLOCK_COLUMNS = 1536;

  /** Fewest rows in a task where there is a choice: each task reads the whole packed block of B. */
  private static final int TASK_ROWS = 32;

  /** Fewest columns in a task, so that packing A stays cheap beside using it. */
  private static final int TASK_COLUMNS = 256;

  /** Panels of B that one task packs. */
  private static final int PACK_PANELS = 2;

  /** Products of a batch from which on threads take whole ones, though one may take one more. */
  private static final int MANY = 8;

  /** Multiply-adds under which dispatch costs more than a second thread saves. */
  private static final long LIGHT = 1L << 18;

  private final Workers workers;
  private final GemmBuffers buffers = new GemmBuffers();

  Gemm(Workers workers) {
    this.workers = workers;
  }

  /**
   * c [m, n] = a [m, k] b [k, n], plus bias [n] on every row if there is one, or added to c.
   *
   * @param c its column stride must be 1
   * @throws ShapeException if c's column stride is not 1, or both a bias and accumulate are asked
   *     for
   */
  void sgemm(
      int m,
      int n,
      int k,
      GemmOperand a,
      GemmOperand b,
      GemmOperand c,
      @Nullable MemorySegment bias,
      long biasOffset,
      boolean accumulate) {
    run(new GemmProduct(m, n, k, a, b, c, bias, biasOffset, accumulate), null);
  }

  /**
   * Computes a product.
   *
   * @param packed its right operand, if that was packed before
   */
  void run(GemmProduct product, @Nullable PackedMatrix packed) {
    run(product, packed, (long) product.m() * product.n() * product.k() > LIGHT);
  }

  /** Packs a right operand [k, n] once for many products. */
  PackedMatrix pack(int k, int n, GemmOperand b) {
    float[] panels = new float[Math.toIntExact(PackedMatrix.floats(k, n))];
    PackedMatrix packed = new PackedMatrix(b.offset(), k, n, panels);
    int depth = depth(k);
    for (int column = 0; column < n; column += BLOCK_COLUMNS) {
      int columns = Math.min(BLOCK_COLUMNS, n - column);
      for (int row = 0; row < k; row += depth) {
        int terms = Math.min(depth, k - row);
        int start = packed.start(column, row);
        pack(b, new PackedBlock(column, columns, row, terms, panels, start), true);
      }
    }
    return packed;
  }

  /** Terms of the partial sums over k, but for the last. */
  private static int depth(int k) {
    return Math.ceilDiv(k, Math.max(1, Math.ceilDiv(k, DEPTH)));
  }

  /** Columns of a packed block where so many columns are left. */
  static int blockWidth(int columns) {
    return Math.min(BLOCK_COLUMNS, roundUp(columns, MicroKernel.COLUMNS));
  }

  /**
   * Many products of one size: the operands of product i begin at aOffsets[i], bOffsets[i],
   * cOffsets[i] (the operands' own offsets are not used). Broadcasting is an offset that recurs;
   * the results must not overlap.
   *
   * @throws ShapeException if c's column stride is not 1 or the offsets are not equally many
   */
  void batched(
      int m,
      int n,
      int k,
      GemmOperand a,
      long[] aOffsets,
      GemmOperand b,
      long[] bOffsets,
      GemmOperand c,
      long[] cOffsets,
      boolean accumulate) {
    int count = cOffsets.length;
    if (aOffsets.length != count || bOffsets.length != count) {
      throw new ShapeException(
          "sgemm: %d offsets for a, %d for b, %d for c; give as many for each"
              .formatted(aOffsets.length, bOffsets.length, count));
    }
    long size = Math.max(1, (long) m * n * k);
    boolean split = count % workers.threads() != 0 && count < MANY && size > LIGHT;
    if (split) {
      for (int i = 0; i < count; i++) {
        run(product(m, n, k, a, aOffsets, b, bOffsets, c, cOffsets, i, accumulate), null, true);
      }
      return;
    }
    workers.forRange(
        count,
        Math.max(1, LIGHT / size),
        (from, to) -> {
          for (int i = (int) from; i < to; i++) {
            run(
                product(m, n, k, a, aOffsets, b, bOffsets, c, cOffsets, i, accumulate),
                null,
                false);
          }
        });
  }

  private static GemmProduct product(
      int m,
      int n,
      int k,
      GemmOperand a,
      long[] aOffsets,
      GemmOperand b,
      long[] bOffsets,
      GemmOperand c,
      long[] cOffsets,
      int i,
      boolean accumulate) {
    return new GemmProduct(
        m,
        n,
        k,
        a.withOffset(aOffsets[i]),
        b.withOffset(bOffsets[i]),
        c.withOffset(cOffsets[i]),
        null,
        0,
        accumulate);
  }

  private void run(GemmProduct product, @Nullable PackedMatrix ready, boolean shared) {
    if (product.m() == 0 || product.n() == 0) {
      return;
    }
    if (product.k() == 0) {
      product.fill();
      return;
    }
    int depth = depth(product.k());
    float[] room = ready == null ? buffers.take(depth * blockWidth(product.n())) : ready.panels();
    try {
      for (int column = 0; column < product.n(); column += BLOCK_COLUMNS) {
        int columns = Math.min(BLOCK_COLUMNS, product.n() - column);
        for (int k = 0; k < product.k(); k += depth) {
          int terms = Math.min(depth, product.k() - k);
          PackedBlock block =
              new PackedBlock(
                  column, columns, k, terms, room, ready == null ? 0 : ready.start(column, k));
          if (ready == null) {
            pack(product.b(), block, shared);
          }
          multiply(product, block, shared);
        }
      }
    } finally {
      if (ready == null) {
        buffers.giveBack(room);
      }
    }
  }

  private void pack(GemmOperand b, PackedBlock block, boolean shared) {
    if (!shared) {
      block.pack(b, 0, block.columns());
      return;
    }
    int packColumns = PACK_PANELS * MicroKernel.COLUMNS;
    workers.run(
        Math.ceilDiv(block.columns(), packColumns),
        task -> {
          int from = task * packColumns;
          block.pack(b, from, Math.min(block.columns(), from + packColumns));
        });
  }

  /** Adds the terms of a block to its columns of the result. */
  private void multiply(GemmProduct product, PackedBlock block, boolean shared) {
    if (!shared) {
      rows(product, 0, product.m(), 0, block.columns(), block, BLOCK_ROWS);
      return;
    }
    int threads = workers.threads();
    int most = block.columns() / TASK_COLUMNS;
    if (product.m() <= FEW_ROWS && most >= threads) {
      split(product, block, 1, threads, product.m());
      return;
    }
    int blocks = Math.ceilDiv(product.m(), BLOCK_ROWS);
    int down = Math.clamp(product.m() / TASK_ROWS, 1, roundUp(blocks, threads));
    int across = Math.clamp(most, 1, Math.ceilDiv(threads, down));
    split(product, block, down, across, BLOCK_ROWS);
  }

  private void split(GemmProduct product, PackedBlock block, int down, int across, int atOnce) {
    int taskColumns = roundUp(Math.ceilDiv(block.columns(), across), MicroKernel.COLUMNS);
    workers.run(
        down * across,
        task -> {
          int row = cut(product.m(), down, task / across);
          int toRow = cut(product.m(), down, task / across + 1);
          int from = task % across * taskColumns;
          int to = Math.min(block.columns(), from + taskColumns);
          rows(product, row, toRow, from, to, block, atOnce);
        });
  }

  /** The first row of a part, of rows cut into parts as equal as whole tiles allow. */
  private static int cut(int rows, int parts, int part) {
    long tiles = Math.ceilDiv(rows, MicroKernel.ROWS);
    return Math.min(rows, (int) (tiles * part / parts) * MicroKernel.ROWS);
  }

  /** The tiles of rows row .. toRow - 1 and of the columns from .. to - 1 of a packed block. */
  private void rows(
      GemmProduct product, int row, int toRow, int from, int to, PackedBlock block, int atOnce) {
    int depth = block.depth();
    float[] packedA =
        buffers.take(roundUp(Math.min(atOnce, toRow - row), MicroKernel.ROWS) * depth);
    float[] tile = buffers.take(MicroKernel.ROWS * MicroKernel.COLUMNS);
    try {
      for (int i = row; i < toRow; i += atOnce) {
        int rows = Math.min(atOnce, toRow - i);
        Pack.a(product.a(), i, rows, block.k(), depth, packedA);
        product.tiles(i, rows, from, to, block, packedA, tile);
      }
    } finally {
      buffers.giveBack(tile);
      buffers.giveBack(packedA);
    }
  }

  static int roundUp(int n, int unit) {
    return Math.ceilDiv(n, unit) * unit;
  }
}

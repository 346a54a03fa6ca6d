package io.github.maskalign.cpu.gemm;

import io.github.maskalign.cpu.gemm.GemmProduct.Finish;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.Layout;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * The matrix product of floats, packed and blocked (Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication", 2008): a block of B is packed once and shared by all
 * threads; each task packs its rows of A, which stay in its second-level cache.
 *
 * <p>The sum over k is cut into equal parts of at most {@link Blocking#depth} terms and nowhere
 * else; the parts are added in order. So the bits of an element depend on its row of A and its
 * column of B alone: not on the number of threads nor on the size of the batch.
 *
 * @param <P> panels of packed operands
 */
public final class Gemm<P> {

  /**
   * Rows of A, such as the tokens of one image, that fit into the second-level cache at a block's
   * depth: each thread then takes columns of B and reads them once.
   */
  private static final int FEW_ROWS = 208;

  /**
   * Minimum rows of a task where there is a choice: each task reads the whole packed block of B.
   */
  private static final int TASK_ROWS = 32;

  /** Minimum columns of a task, so that packing A stays cheap relative to its use. */
  private static final int TASK_COLUMNS = 256;

  /** Batch size from which threads compute whole products, even if one thread gets one more. */
  private static final int MANY = 8;

  /** Multiply-adds below which dispatch costs more than a second thread saves. */
  private static final long LIGHT = 1L << 18;

  private final Workers workers;
  private final TileKernel<P> kernel;
  private final Blocking blocking;

  /** Products on the given threads by a tier's inner loops. */
  public Gemm(Workers workers, TileKernel<P> kernel) {
    this.workers = workers;
    this.kernel = kernel;
    this.blocking = kernel.blocking();
  }

  TileKernel<P> kernel() {
    return kernel;
  }

  Blocking blocking() {
    return blocking;
  }

  /** Computes a product. */
  public void run(GemmProduct product) {
    run(product, null);
  }

  /** Computes a product in the calling thread, such as a worker's. */
  public void runInThread(GemmProduct product) {
    run(product, null, false);
  }

  /**
   * Computes a product.
   *
   * @param packed its right operand, if that was packed before
   */
  public void run(GemmProduct product, @Nullable PackedMatrix<P> packed) {
    run(product, packed, (long) product.m() * product.n() * product.k() > LIGHT);
  }

  /**
   * Computes {@code y = x W^T + bias}: x [n, k], weight [m, k], bias [m] or null, y [n, m]. A
   * frozen weight is packed once.
   *
   * @param finish what is done to y after that
   */
  public void linear(
      Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y, @Nullable Finish finish) {
    PackedMatrix<P> packed = PackedMatrix.ofFrozen(weight, this);
    Matrix b = packed == null ? Matrix.of(weight).transposed() : Matrix.NONE;
    Operand addend = Operand.ofNullable(bias);
    run(
        new GemmProduct(
            x.dim(0),
            weight.dim(0),
            x.dim(1),
            Matrix.of(x),
            b,
            Matrix.of(y),
            addend,
            false,
            finish),
        packed);
  }

  /** Packs a right operand [k, n] once for many products. */
  public PackedMatrix<P> pack(int k, int n, Matrix b) {
    P panels = kernel.newPanels(Math.toIntExact(blocking.elements(k, n)));
    int first = kernel.firstPanel(panels);
    int depth = blocking.depth(k);
    for (int column = 0; column < n; column += blocking.blockColumns()) {
      int columns = Math.min(blocking.blockColumns(), n - column);
      for (int row = 0; row < k; row += depth) {
        int terms = Math.min(depth, k - row);
        int start = first + start(k, n, column, row);
        pack(b, block(column, columns, row, terms, panels, start), true);
      }
    }
    return new PackedMatrix<>(kernel, b.offset(), k, n, panels, first);
  }

  /** Where the panels begin of the block of a packed matrix [k, n] that starts at an element. */
  private int start(int k, int n, int column, int row) {
    return column * blocking.padded(k) + blocking.blockWidth(n - column) * row;
  }

  private PackedBlock<P> block(int column, int columns, int k, int terms, P panels, int start) {
    return new PackedBlock<>(column, columns, k, terms, blocking.padded(terms), panels, start);
  }

  /** Products over the last two axes of tensors with equal leading axes, strided or broadcast. */
  public void matmul(Tensor a, Tensor b, Tensor out) {
    int m = out.dim(-2);
    int n = out.dim(-1);
    int k = a.dim(-1);
    int batches = Math.toIntExact(out.shape().leading(out.shape().rank() - 2).size());
    GemmProduct first =
        new GemmProduct(m, n, k, Matrix.of(a), Matrix.of(b), Matrix.of(out), null, false);
    if (batches == 1) {
      run(first);
    } else if (batches > 1) {
      batched(first, starts(a, batches), starts(b, batches), starts(out, batches));
    }
  }

  /** Where each matrix of the batch begins. */
  private static long[] starts(Tensor x, int batches) {
    Layout layout = x.layout();
    int axes = x.shape().rank() - 2;
    long[] starts = new long[batches];
    for (int i = 0; i < batches; i++) {
      long start = layout.offset();
      int rest = i;
      for (int axis = axes - 1; axis >= 0; axis--) {
        start += rest % x.dim(axis) * layout.stride(axis);
        rest /= x.dim(axis);
      }
      starts[i] = start;
    }
    return starts;
  }

  /**
   * Many products of one size: the operands of product i begin at aOffsets[i], bOffsets[i],
   * cOffsets[i] (the operands' own offsets are not used). Broadcasting is an offset that recurs;
   * the results must not overlap.
   *
   * @param like sizes and layouts
   * @throws ShapeException if the offsets are not equally many
   */
  public void batched(GemmProduct like, long[] aOffsets, long[] bOffsets, long[] cOffsets) {
    int count = cOffsets.length;
    if (aOffsets.length != count || bOffsets.length != count) {
      throw new ShapeException(
          "sgemm: %d offsets for a, %d for b, %d for c; their number must be equal"
              .formatted(aOffsets.length, bOffsets.length, count));
    }
    long size = Math.max(1, (long) like.m() * like.n() * like.k());
    boolean split = count % workers.threads() != 0 && count < MANY && size > LIGHT;
    if (split) {
      for (int i = 0; i < count; i++) {
        run(product(like, aOffsets[i], bOffsets[i], cOffsets[i]), null, true);
      }
      return;
    }
    workers.forRange(
        count,
        Math.max(1, LIGHT / size),
        (from, to) -> {
          for (int i = (int) from; i < to; i++) {
            run(product(like, aOffsets[i], bOffsets[i], cOffsets[i]), null, false);
          }
        });
  }

  private static GemmProduct product(GemmProduct like, long aOffset, long bOffset, long cOffset) {
    return new GemmProduct(
        like.m(),
        like.n(),
        like.k(),
        like.a().withOffset(aOffset),
        like.b().withOffset(bOffset),
        like.c().withOffset(cOffset),
        null,
        like.accumulate());
  }

  private void run(GemmProduct product, @Nullable PackedMatrix<P> ready, boolean shared) {
    if (product.m() == 0 || product.n() == 0) {
      return;
    }
    if (product.k() == 0) {
      product.fill();
      return;
    }
    int depth = blocking.depth(product.k());
    P panels =
        ready == null
            ? kernel.takePanels(depth * blocking.blockWidth(product.n()))
            : ready.panels();
    int first = ready == null ? kernel.firstPanel(panels) : ready.first();
    try {
      for (int column = 0; column < product.n(); column += blocking.blockColumns()) {
        int columns = Math.min(blocking.blockColumns(), product.n() - column);
        for (int k = 0; k < product.k(); k += depth) {
          int terms = Math.min(depth, product.k() - k);
          int start = first + (ready == null ? 0 : start(product.k(), product.n(), column, k));
          PackedBlock<P> block = block(column, columns, k, terms, panels, start);
          if (ready == null) {
            pack(product.b(), block, shared);
          }
          multiply(product, block, shared);
        }
      }
    } finally {
      if (ready == null) {
        kernel.givePanels(panels);
      }
    }
  }

  private void pack(Matrix b, PackedBlock<P> block, boolean shared) {
    if (!shared) {
      kernel.packB(b, block, 0, block.columns());
      return;
    }
    int packColumns = packColumns(b, block.columns());
    workers.run(
        Math.ceilDiv(block.columns(), packColumns),
        task -> {
          int from = task * packColumns;
          kernel.packB(b, block, from, Math.min(block.columns(), from + packColumns));
        });
  }

  /** A matrix that is stored row by row is read best in long pieces. */
  private int packColumns(Matrix b, int columns) {
    int unit = blocking.packColumns();
    return b.columnStride() == 1
        ? Blocking.roundUp(Math.ceilDiv(columns, 2 * workers.threads()), unit)
        : unit;
  }

  /** Adds the terms of a block to its columns of the result. */
  private void multiply(GemmProduct product, PackedBlock<P> block, boolean shared) {
    if (!shared) {
      compute(product, block, 0, product.m(), 0, block.columns(), blocking.blockRows());
      return;
    }
    int threads = workers.threads();
    int maxAcross = block.columns() / TASK_COLUMNS;
    int units = Math.ceilDiv(block.columns(), blocking.columns());
    boolean even = units % threads == 0 || units >= 4 * threads;
    if (product.m() <= FEW_ROWS && maxAcross >= threads && even) {
      split(product, block, 1, threads, product.m());
      return;
    }
    int blocks = Math.ceilDiv(product.m(), blocking.blockRows());
    int down = Math.clamp(product.m() / TASK_ROWS, 1, Blocking.roundUp(blocks, threads));
    int across = Math.clamp(maxAcross, 1, Math.ceilDiv(threads, down));
    split(product, block, down, across, blocking.blockRows());
  }

  private void split(GemmProduct product, PackedBlock<P> block, int down, int across, int atOnce) {
    int taskColumns = Blocking.roundUp(Math.ceilDiv(block.columns(), across), blocking.columns());
    workers.run(
        down * across,
        task -> {
          int row = cut(product.m(), down, task / across);
          int toRow = cut(product.m(), down, task / across + 1);
          int from = task % across * taskColumns;
          int to = Math.min(block.columns(), from + taskColumns);
          compute(product, block, row, toRow, from, to, atOnce);
        });
  }

  /** A part of the product in this thread, finished where its sums are complete. */
  private void compute(
      GemmProduct product, PackedBlock<P> block, int row, int toRow, int from, int to, int atOnce) {
    kernel.multiply(product, block, row, toRow, from, to, atOnce);
    product.finish(block, row, toRow, from, to);
  }

  /** The first row of a part, of rows cut into parts as equal as whole tiles allow. */
  private int cut(int rows, int parts, int part) {
    long tiles = Math.ceilDiv(rows, blocking.rows());
    return Math.min(rows, (int) (tiles * part / parts) * blocking.rows());
  }
}

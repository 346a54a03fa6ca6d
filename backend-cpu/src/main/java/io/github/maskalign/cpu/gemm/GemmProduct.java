package io.github.maskalign.cpu.gemm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.tensor.error.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * One product, c [m, n] = a [m, k] b [k, n] (+ bias [n], or + c).
 *
 * @param a floats, or what the {@link TileKernel} rounds them to
 * @param c its column stride must be 1
 * @param accumulate whether the product is added to c
 * @param finish what is done to c after that
 */
public record GemmProduct(
    int m,
    int n,
    int k,
    Matrix a,
    Matrix b,
    Matrix c,
    @Nullable Operand bias,
    boolean accumulate,
    @Nullable Finish finish) {

  /**
   * Changes elements of the result in place as soon as their sums are complete. Each element is in
   * one call, in the thread that computed it.
   */
  public interface Finish {
    /** Changes the rows row .. toRow - 1 of the columns column .. toColumn - 1. */
    void run(int row, int toRow, int column, int toColumn);
  }

  /** A product without a {@link Finish}. */
  public GemmProduct(
      int m,
      int n,
      int k,
      Matrix a,
      Matrix b,
      Matrix c,
      @Nullable Operand bias,
      boolean accumulate) {
    this(m, n, k, a, b, c, bias, accumulate, null);
  }

  /**
   * Checks the result's layout.
   *
   * @throws ShapeException if c's column stride is not 1, or there is a bias and accumulate
   */
  public GemmProduct {
    if (c.columnStride() != 1 && n > 1) {
      throw new ShapeException(
          "sgemm: the result's column stride is %d; its rows must be contiguous"
              .formatted(c.columnStride()));
    }
    if (bias != null && accumulate) {
      throw new ShapeException(
          "sgemm: both a bias and accumulate; add the bias in the first product only");
    }
  }

  /** Runs {@link #finish}, if the terms of a block are the last. */
  void finish(PackedBlock<?> block, int row, int toRow, int from, int to) {
    if (finish != null && block.k() + block.depth() == k) {
      finish.run(row, toRow, block.column() + from, block.column() + to);
    }
  }

  /** Writes the result for k = 0, a sum of no terms. */
  void fill() {
    if (!accumulate) {
      fillWithBias();
    }
    if (finish != null) {
      finish.run(0, m, 0, n);
    }
  }

  private void fillWithBias() {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float value = bias == null ? 0 : bias.get(j);
        c.segment().set(JAVA_FLOAT_UNALIGNED, c.at(i, j), value);
      }
    }
  }
}

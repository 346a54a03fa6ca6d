package io.github.maskalign.cpu.gemm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.tensor.error.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * One product, c [m, n] = a [m, k] b [k, n] (+ bias [n], or + c).
 *
 * @param c its column stride must be 1
 * @param accumulate whether the product is added to c
 */
public record GemmProduct(
    int m, int n, int k, Matrix a, Matrix b, Matrix c, @Nullable Operand bias, boolean accumulate) {

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

  /** Writes the result for k = 0, a sum of no terms. */
  void fill() {
    if (accumulate) {
      return;
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float value = bias == null ? 0 : bias.get(j);
        c.segment().set(JAVA_FLOAT_UNALIGNED, c.at(i, j), value);
      }
    }
  }
}

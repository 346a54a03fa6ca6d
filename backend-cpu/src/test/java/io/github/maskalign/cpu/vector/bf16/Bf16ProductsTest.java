package io.github.maskalign.cpu.vector.bf16;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.bf16.Bf16;
import io.github.maskalign.cpu.bf16.Bf16Dot;
import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.JavaBf16Kernel;
import io.github.maskalign.cpu.gemm.Gemm;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.gemm.ProductSuite;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every element is one chain over the terms, bit for bit, however the product is cut. */
@Tag("vector")
@net.jqwik.api.Tag("vector")
class Bf16ProductsTest extends ProductSuite {

  @Override
  protected Gemm<?> gemm(Workers workers) {
    return new Gemm<>(workers, new Bf16Tile(new JavaBf16Kernel(), new Scratch()));
  }

  /** Sizes that cross the edges of blocks. */
  @ParameterizedTest
  @CsvSource({"1, 700, 770", "430, 33, 50", "15, 31, 1545", "3, 3100, 12", "17, 64, 768"})
  void largeProducts(int m, int n, int k) {
    for (Order orderA : Order.values()) {
      for (Order orderB : Order.values()) {
        check(m, n, k, orderA, orderB, Start.values()[(m + n + k) % 3], m);
      }
    }
  }

  /** A product of no terms is what it begins with; else denormals are flushed. */
  @Override
  protected void expect(Matrix a, Matrix b, Matrix c, int i, int j, int k, double base) {
    float sum = (float) base;
    for (int p = 0; p < Math.ceilDiv(k, Bf16Kernel.TERMS) * Bf16Kernel.TERMS; p += 2) {
      int x = Bf16.pair(term(a, i, p, p < k), term(a, i, p + 1, p + 1 < k));
      int y = Bf16.pair(term(b, p, j, p < k), term(b, p + 1, j, p + 1 < k));
      sum = Bf16Dot.add(sum, x, y);
    }
    assertEquals(sum, get(c, i, j), () -> "element " + i + ", " + j);
  }

  private static float term(Matrix x, int row, int column, boolean within) {
    return within ? get(x, row, column) : 0;
  }
}

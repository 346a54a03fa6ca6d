package io.github.maskalign.cpu.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cpu.kernel.KernelData;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.error.ShapeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a plain double loop, within what rounding each term allows. */
class GemmTest extends ProductSuite {

  @Override
  protected Gemm<?> gemm(Workers workers) {
    return KernelData.kernels(workers).products();
  }

  /** Sizes that cross every block edge. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 1000, 1000",
    "1000, 1, 1000",
    "1000, 1000, 1",
    "300, 130, 400",
    "50, 40, 1600",
    "8, 32, 768",
    "7, 31, 767",
    "9, 33, 769",
    "12, 32, 1024",
    "11, 31, 1023",
    "13, 33, 1025",
    "110, 64, 2050",
    "130, 1570, 40",
    "197, 64, 197",
    "15, 15, 32",
    "577, 769, 97"
  })
  void largeProducts(int m, int n, int k) {
    for (Order orderA : new Order[] {Order.ROWS, Order.COLUMNS}) {
      for (Order orderB : new Order[] {Order.ROWS, Order.COLUMNS}) {
        for (Start start : Start.values()) {
          check(m, n, k, orderA, orderB, start, 7L * m + n);
        }
      }
    }
  }

  @Property(tries = 100)
  void batches(
      @ForAll @IntRange(max = 5) int outer,
      @ForAll @IntRange(min = 1, max = 5) int inner,
      @ForAll @IntRange(max = 40) int m,
      @ForAll @IntRange(max = 40) int n,
      @ForAll @IntRange(max = 40) int k,
      @ForAll boolean accumulate,
      @ForAll long seed) {
    Random random = new Random(seed);
    int count = outer * inner;
    try (Arena arena = Arena.ofShared()) {
      // a has the outer axis only and b the inner one: both are broadcast along the other.
      MemorySegment aFloats = floats(arena, outer * m * k, random);
      MemorySegment bFloats = floats(arena, inner * k * n, random);
      MemorySegment begun = floats(arena, count * m * n, random);
      MemorySegment one = arena.allocate(begun.byteSize()).copyFrom(begun);
      MemorySegment two = arena.allocate(begun.byteSize()).copyFrom(begun);
      long[] aAt = new long[count];
      long[] bAt = new long[count];
      long[] cAt = new long[count];
      for (int i = 0; i < count; i++) {
        aAt[i] = (long) i / inner * m * k;
        bAt[i] = (long) i % inner * k * n;
        cAt[i] = (long) i * m * n;
      }
      Matrix a = new Matrix(aFloats, 0, k, 1);
      Matrix b = new Matrix(bFloats, 0, 1, k);
      Matrix c = new Matrix(one, 0, n, 1);
      gemm(ONE).batched(new GemmProduct(m, n, k, a, b, c, null, accumulate), aAt, bAt, cAt);
      Matrix c2 = new Matrix(two, 0, n, 1);
      gemm(TWO).batched(new GemmProduct(m, n, k, a, b, c2, null, accumulate), aAt, bAt, cAt);
      for (int i = 0; i < count; i++) {
        Matrix ai = a.withOffset(aAt[i]);
        Matrix bi = b.withOffset(bAt[i]);
        Matrix ci = c.withOffset(cAt[i]);
        Matrix before = new Matrix(begun, cAt[i], n, 1);
        for (int row = 0; row < m; row++) {
          for (int column = 0; column < n; column++) {
            double base = accumulate ? get(before, row, column) : 0;
            expect(ai, bi, ci, row, column, k, base);
          }
        }
      }
      assertEquals(-1, one.mismatch(two), "first byte that 2 threads change");
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 300, 200, 100", "3, 64, 64, 400", "20, 60, 60, 64"})
  void aBatchHasTheBitsOfItsProducts(int count, int m, int n, int k) {
    Random random = new Random(count);
    try (Arena arena = Arena.ofShared()) {
      Matrix a = new Matrix(floats(arena, count * m * k, random), 0, k, 1);
      Matrix b = new Matrix(floats(arena, count * k * n, random), 0, 1, k);
      Matrix c = new Matrix(floats(arena, count * m * n, random), 0, n, 1);
      Matrix single = copy(arena, c);
      long[][] at = new long[3][count];
      for (int i = 0; i < count; i++) {
        at[0][i] = (long) i * m * k;
        at[1][i] = (long) i * k * n;
        at[2][i] = (long) i * m * n;
      }
      Gemm<?> gemm = gemm(TWO);
      gemm.batched(new GemmProduct(m, n, k, a, b, c, null, false), at[0], at[1], at[2]);
      for (int i = 0; i < count; i++) {
        // Row by row: a result's bits do not depend on the rows computed with it.
        for (int row = 0; row < m; row++) {
          Matrix left = a.withOffset(at[0][i] + (long) row * k);
          Matrix out = single.withOffset(at[2][i] + (long) row * n);
          Matrix right = b.withOffset(at[1][i]);
          gemm.run(new GemmProduct(1, n, k, left, right, out, null, false));
        }
      }
      assertEquals(-1, c.segment().mismatch(single.segment()));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 2", "1, 2, 2"})
  void batchesOfUnequalLengthAreRefused(int aCount, int bCount, int cCount) {
    try (Arena arena = Arena.ofShared()) {
      Matrix x = new Matrix(arena.allocate(64), 0, 2, 1);
      Gemm<?> gemm = gemm(ONE);
      assertThrows(
          ShapeException.class,
          () ->
              gemm.batched(
                  new GemmProduct(2, 2, 2, x, x, x, null, false),
                  new long[aCount],
                  new long[bCount],
                  new long[cCount]));
      assertThrows(
          ShapeException.class, () -> new GemmProduct(2, 2, 2, x, x, x.transposed(), null, false));
      assertThrows(
          ShapeException.class,
          () -> new GemmProduct(2, 2, 2, x, x, x, new Operand(x.segment(), 0), true));
    }
  }

  /**
   * |error| <= (k + 2) eps (|base| + sum |a| |b|): each of k fused steps rounds once, then the
   * base.
   */
  @Override
  protected void expect(Matrix a, Matrix b, Matrix c, int i, int j, int k, double base) {
    double sum = base;
    double size = Math.abs(base);
    for (int p = 0; p < k; p++) {
      double term = (double) get(a, i, p) * get(b, p, j);
      sum += term;
      size += Math.abs(term);
    }
    double bound = (k + 2) * 0x1p-24 * size * 1.01;
    double total = sum;
    float found = get(c, i, j);
    assertTrue(
        Math.abs(found - sum) <= bound,
        () -> "c[" + i + ", " + j + "] is " + found + ", not " + total + ", k = " + k);
  }
}

package io.github.maskalign.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
class GemmTest {

  private static final Workers ONE = new Workers(1);
  private static final Workers TWO = new Workers(2);

  /** How a result is begun: overwritten, with a bias, or added to. */
  enum Start {
    ZERO,
    BIAS,
    ACCUMULATE
  }

  /** How an operand lies in memory. */
  enum Order {
    ROWS,
    COLUMNS,
    STRIDED,
    BROADCAST
  }

  @Property(tries = 200)
  void smallProducts(
      @ForAll @IntRange(max = 70) int m,
      @ForAll @IntRange(max = 70) int n,
      @ForAll @IntRange(max = 70) int k,
      @ForAll Order orderA,
      @ForAll Order orderB,
      @ForAll Start start,
      @ForAll long seed) {
    check(m, n, k, orderA, orderB, start, seed);
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

  private static void check(
      int m, int n, int k, Order orderA, Order orderB, Start start, long seed) {
    Random random = new Random(seed);
    try (Arena arena = Arena.ofShared()) {
      GemmOperand a = operand(arena, m, k, orderA, random);
      GemmOperand b = operand(arena, k, n, orderB, random);
      GemmOperand begun = result(arena, m, n, random);
      MemorySegment bias = start == Start.BIAS ? floats(arena, n + 3, random) : null;
      GemmOperand one = copy(arena, begun);
      GemmOperand two = copy(arena, begun);
      boolean accumulate = start == Start.ACCUMULATE;
      new Gemm(ONE).sgemm(m, n, k, a, b, one, bias, 3, accumulate);
      new Gemm(TWO).sgemm(m, n, k, a, b, two, bias, 3, accumulate);
      GemmOperand ready = copy(arena, begun);
      Gemm gemm = new Gemm(TWO);
      GemmProduct product = new GemmProduct(m, n, k, a, b, ready, bias, 3, accumulate);
      gemm.run(product, gemm.pack(k, n, b));
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double base =
              switch (start) {
                case ZERO -> 0;
                case BIAS -> bias.get(JAVA_FLOAT_UNALIGNED, 4L * (3 + j));
                case ACCUMULATE -> get(begun, i, j);
              };
          expect(a, b, one, i, j, k, base);
        }
      }
      assertEquals(-1, one.segment().mismatch(two.segment()), "first byte that 2 threads change");
      assertEquals(-1, one.segment().mismatch(ready.segment()), "first byte that packing changes");
      untouched(begun, one, m, n);
    }
  }

  /** What lies between and around the rows of the result stays as it was. */
  private static void untouched(GemmOperand before, GemmOperand after, int m, int n) {
    for (long at = 0; at < before.segment().byteSize() / 4; at++) {
      long place = at - before.offset();
      boolean written =
          place >= 0 && place / before.rowStride() < m && place % before.rowStride() < n;
      if (!written) {
        assertEquals(
            before.segment().get(JAVA_FLOAT_UNALIGNED, 4 * at),
            after.segment().get(JAVA_FLOAT_UNALIGNED, 4 * at),
            "float outside the result");
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
      GemmOperand a = new GemmOperand(aFloats, 0, k, 1);
      GemmOperand b = new GemmOperand(bFloats, 0, 1, k);
      GemmOperand c = new GemmOperand(one, 0, n, 1);
      new Gemm(ONE).batched(m, n, k, a, aAt, b, bAt, c, cAt, accumulate);
      new Gemm(TWO)
          .batched(m, n, k, a, aAt, b, bAt, new GemmOperand(two, 0, n, 1), cAt, accumulate);
      for (int i = 0; i < count; i++) {
        GemmOperand ai = a.withOffset(aAt[i]);
        GemmOperand bi = b.withOffset(bAt[i]);
        GemmOperand ci = c.withOffset(cAt[i]);
        GemmOperand before = new GemmOperand(begun, cAt[i], n, 1);
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
      GemmOperand a = new GemmOperand(floats(arena, count * m * k, random), 0, k, 1);
      GemmOperand b = new GemmOperand(floats(arena, count * k * n, random), 0, 1, k);
      GemmOperand c = new GemmOperand(floats(arena, count * m * n, random), 0, n, 1);
      GemmOperand single = copy(arena, c);
      long[][] at = new long[3][count];
      for (int i = 0; i < count; i++) {
        at[0][i] = (long) i * m * k;
        at[1][i] = (long) i * k * n;
        at[2][i] = (long) i * m * n;
      }
      Gemm gemm = new Gemm(TWO);
      gemm.batched(m, n, k, a, at[0], b, at[1], c, at[2], false);
      for (int i = 0; i < count; i++) {
        // Row by row: a result's bits do not depend on the rows computed with it.
        for (int row = 0; row < m; row++) {
          gemm.sgemm(
              1,
              n,
              k,
              a.withOffset(at[0][i] + (long) row * k),
              b.withOffset(at[1][i]),
              single.withOffset(at[2][i] + (long) row * n),
              null,
              0,
              false);
        }
      }
      assertEquals(-1, c.segment().mismatch(single.segment()));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 2", "1, 2, 2"})
  void batchesOfUnequalLengthAreRefused(int aCount, int bCount, int cCount) {
    try (Arena arena = Arena.ofShared()) {
      GemmOperand x = new GemmOperand(arena.allocate(64), 0, 2, 1);
      Gemm gemm = new Gemm(ONE);
      assertThrows(
          ShapeException.class,
          () ->
              gemm.batched(
                  2, 2, 2, x, new long[aCount], x, new long[bCount], x, new long[cCount], false));
      assertThrows(
          ShapeException.class, () -> gemm.sgemm(2, 2, 2, x, x, x.transposed(), null, 0, false));
      assertThrows(ShapeException.class, () -> gemm.sgemm(2, 2, 2, x, x, x, x.segment(), 0, true));
    }
  }

  /**
   * |error| <= (k + 2) eps (|base| + sum |a| |b|): each of k fused steps rounds once, then the
   * base.
   */
  private static void expect(
      GemmOperand a, GemmOperand b, GemmOperand c, int i, int j, int k, double base) {
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

  private static float get(GemmOperand x, int i, int j) {
    return x.segment().get(JAVA_FLOAT_UNALIGNED, x.at(i, j));
  }

  private static MemorySegment floats(Arena arena, long count, Random random) {
    MemorySegment segment = arena.allocate(4 * Math.max(1, count), 4);
    for (long i = 0; i < count; i++) {
      segment.set(JAVA_FLOAT_UNALIGNED, 4 * i, random.nextFloat() - 0.4f);
    }
    return segment;
  }

  private static GemmOperand operand(
      Arena arena, int rows, int columns, Order order, Random random) {
    int offset = random.nextInt(5);
    int pad = random.nextInt(3);
    GemmOperand placed =
        switch (order) {
          case ROWS -> new GemmOperand(MemorySegment.NULL, offset, columns + pad, 1);
          case COLUMNS -> new GemmOperand(MemorySegment.NULL, offset, 1, rows + pad);
          case STRIDED -> new GemmOperand(MemorySegment.NULL, offset, 2L * (columns + pad), 2);
          case BROADCAST -> new GemmOperand(MemorySegment.NULL, offset, 0, 1);
        };
    // Ends with the last element: to read past it is an error.
    long bytes = rows == 0 || columns == 0 ? 0 : placed.at(rows - 1, columns - 1) + 4;
    MemorySegment segment = floats(arena, bytes / 4, random);
    return new GemmOperand(segment, offset, placed.rowStride(), placed.columnStride());
  }

  private static GemmOperand result(Arena arena, int m, int n, Random random) {
    int offset = random.nextInt(5);
    int row = Math.max(1, n + random.nextInt(4));
    return new GemmOperand(floats(arena, offset + (long) m * row + 9, random), offset, row, 1);
  }

  private static GemmOperand copy(Arena arena, GemmOperand x) {
    MemorySegment segment = arena.allocate(x.segment().byteSize(), 4).copyFrom(x.segment());
    return new GemmOperand(segment, x.offset(), x.rowStride(), x.columnStride());
  }
}

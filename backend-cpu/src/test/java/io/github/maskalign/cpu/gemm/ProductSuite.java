package io.github.maskalign.cpu.gemm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Products of all layouts by some kernel: every element, and that no other memory is touched. */
public abstract class ProductSuite {

  protected static final Workers ONE = new Workers(1);
  protected static final Workers TWO = new Workers(2);

  /** The products under test. */
  protected abstract Gemm<?> gemm(Workers workers);

  /** Checks c[i, j], a sum of k terms that begins with a number. */
  protected abstract void expect(Matrix a, Matrix b, Matrix c, int i, int j, int k, double base);

  /** How a result is begun: overwritten, with a bias, or added to. */
  protected enum Start {
    ZERO,
    BIAS,
    ACCUMULATE
  }

  /** The memory layout of an operand. */
  protected enum Order {
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

  protected final void check(
      int m, int n, int k, Order orderA, Order orderB, Start start, long seed) {
    Random random = new Random(seed);
    try (Arena arena = Arena.ofShared()) {
      Matrix a = operand(arena, m, k, orderA, random);
      Matrix b = operand(arena, k, n, orderB, random);
      Matrix begun = result(arena, m, n, random);
      MemorySegment bias = start == Start.BIAS ? floats(arena, n + 3, random) : null;
      Operand addend = bias == null ? null : new Operand(bias, 3);
      Matrix one = copy(arena, begun);
      Matrix two = copy(arena, begun);
      boolean accumulate = start == Start.ACCUMULATE;
      gemm(ONE).run(new GemmProduct(m, n, k, a, b, one, addend, accumulate));
      gemm(TWO).run(new GemmProduct(m, n, k, a, b, two, addend, accumulate));
      Matrix ready = copy(arena, begun);
      runPacked(gemm(TWO), new GemmProduct(m, n, k, a, b, ready, addend, accumulate));
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

  private static <P> void runPacked(Gemm<P> gemm, GemmProduct product) {
    gemm.run(product, gemm.pack(product.k(), product.n(), product.b()));
  }

  /** Memory between and around the rows of the result is unchanged. */
  private static void untouched(Matrix before, Matrix after, int m, int n) {
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

  protected static float get(Matrix x, int i, int j) {
    return x.segment().get(JAVA_FLOAT_UNALIGNED, x.at(i, j));
  }

  protected static MemorySegment floats(Arena arena, long count, Random random) {
    MemorySegment segment = arena.allocate(4 * Math.max(1, count), 4);
    for (long i = 0; i < count; i++) {
      segment.set(JAVA_FLOAT_UNALIGNED, 4 * i, random.nextFloat() - 0.4f);
    }
    return segment;
  }

  private static Matrix operand(Arena arena, int rows, int columns, Order order, Random random) {
    int offset = random.nextInt(5);
    int pad = random.nextInt(3);
    Matrix placed =
        switch (order) {
          case ROWS -> new Matrix(MemorySegment.NULL, offset, columns + pad, 1);
          case COLUMNS -> new Matrix(MemorySegment.NULL, offset, 1, rows + pad);
          case STRIDED -> new Matrix(MemorySegment.NULL, offset, 2L * (columns + pad), 2);
          case BROADCAST -> new Matrix(MemorySegment.NULL, offset, 0, 1);
        };
    // Ends with the last element: to read past it is an error.
    long bytes = rows == 0 || columns == 0 ? 0 : placed.at(rows - 1, columns - 1) + 4;
    MemorySegment segment = floats(arena, bytes / 4, random);
    return new Matrix(segment, offset, placed.rowStride(), placed.columnStride());
  }

  private static Matrix result(Arena arena, int m, int n, Random random) {
    int offset = random.nextInt(5);
    int row = Math.max(1, n + random.nextInt(4));
    return new Matrix(floats(arena, offset + (long) m * row + 9, random), offset, row, 1);
  }

  protected static Matrix copy(Arena arena, Matrix x) {
    MemorySegment segment = arena.allocate(x.segment().byteSize(), 4).copyFrom(x.segment());
    return new Matrix(segment, x.offset(), x.rowStride(), x.columnStride());
  }
}

package io.github.maskalign.cpu.vector.bf16;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.bf16.Bf16;
import io.github.maskalign.cpu.bf16.Bf16Dot;
import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.JavaBf16Kernel;
import io.github.maskalign.cpu.gemm.Gemm;
import io.github.maskalign.cpu.gemm.GemmProduct;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every element is one chain over the terms, bit for bit, however the product is cut. */
@Tag("vector")
@org.junit.jupiter.api.Tag("vector")
class Bf16ProductsTest {

  private static final Workers ONE = new Workers(1);
  private static final Workers TWO = new Workers(2);

  /** How a result is begun. */
  enum Start {
    ZERO,
    BIAS,
    ACCUMULATE
  }

  /** The memory layout of an operand. */
  enum Order {
    ROWS,
    COLUMNS,
    STRIDED
  }

  @Property(tries = 150)
  void smallProducts(
      @ForAll @IntRange(min = 1, max = 50) int m,
      @ForAll @IntRange(min = 1, max = 70) int n,
      @ForAll @IntRange(min = 1, max = 50) int k,
      @ForAll Order orderA,
      @ForAll Order orderB,
      @ForAll Start start,
      @ForAll long seed) {
    check(m, n, k, orderA, orderB, start, seed);
  }

  /** Sizes that cross the edges of blocks. */
  @ParameterizedTest
  @CsvSource({"1, 700, 770", "430, 33, 50", "15, 31, 1545", "3, 1570, 12", "17, 64, 768"})
  void largeProducts(int m, int n, int k) {
    for (Order orderA : Order.values()) {
      for (Order orderB : Order.values()) {
        check(m, n, k, orderA, orderB, Start.values()[(m + n + k) % 3], m);
      }
    }
  }

  private static void check(
      int m, int n, int k, Order orderA, Order orderB, Start start, long seed) {
    Random random = new Random(seed);
    try (Arena arena = Arena.ofShared()) {
      Matrix a = operand(arena, m, k, orderA, random);
      Matrix b = operand(arena, k, n, orderB, random);
      Matrix begun = operand(arena, m, n, Order.ROWS, random);
      Operand bias = new Operand(floats(arena, n + 3, random), 3);
      Operand addend = start == Start.BIAS ? bias : null;
      boolean add = start == Start.ACCUMULATE;
      for (Workers workers : new Workers[] {ONE, TWO}) {
        for (boolean packed : new boolean[] {false, true}) {
          Gemm<MemorySegment> gemm =
              new Gemm<>(workers, new Bf16Tile(new JavaBf16Kernel(), new Scratch()));
          MemorySegment copy = arena.allocate(begun.segment().byteSize(), 4);
          copy.copyFrom(begun.segment());
          Matrix c = new Matrix(copy, begun.offset(), begun.rowStride(), 1);
          GemmProduct product = new GemmProduct(m, n, k, a, b, c, addend, add);
          gemm.run(product, packed ? gemm.pack(k, n, b) : null);
          for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
              float base = add ? get(begun, i, j) : addend == null ? 0 : addend.get(j);
              assertEquals(chain(base, a, i, b, j, k), get(c, i, j), i + ", " + j);
            }
          }
        }
      }
    }
  }

  private static float chain(float acc, Matrix a, int i, Matrix b, int j, int k) {
    float sum = acc;
    for (int p = 0; p < Math.ceilDiv(k, Bf16Kernel.TERMS) * Bf16Kernel.TERMS; p += 2) {
      int x = Bf16.pair(p < k ? get(a, i, p) : 0, p + 1 < k ? get(a, i, p + 1) : 0);
      int y = Bf16.pair(p < k ? get(b, p, j) : 0, p + 1 < k ? get(b, p + 1, j) : 0);
      sum = Bf16Dot.add(sum, x, y);
    }
    return sum;
  }

  private static float get(Matrix x, int row, int column) {
    return x.segment().get(JAVA_FLOAT, x.at(row, column));
  }

  private static Matrix operand(Arena arena, int rows, int columns, Order order, Random random) {
    MemorySegment memory = floats(arena, 6 * (rows + 3) * (columns + 3), random);
    return switch (order) {
      case ROWS -> new Matrix(memory, 5, columns + 2, 1);
      case COLUMNS -> new Matrix(memory, 1, 1, rows + 1);
      case STRIDED -> new Matrix(memory, 2, 2L * columns + 1, 2);
    };
  }

  private static MemorySegment floats(Arena arena, int count, Random random) {
    MemorySegment memory = arena.allocate(4L * count, 4);
    for (int i = 0; i < count; i++) {
      memory.setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian());
    }
    return memory;
  }
}

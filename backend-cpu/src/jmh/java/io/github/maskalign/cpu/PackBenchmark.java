package io.github.maskalign.cpu;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Panels for the matrix product, as large as a task makes them. */
public class PackBenchmark extends KernelBenchmark {

  private static final int PANELS = 8;

  /** Whether the operand lies transposed. */
  @Param({"false", "true"})
  public boolean transposed;

  private final float[] rows = new float[Gemm.BLOCK_ROWS * Gemm.DEPTH];
  private final float[] columns = new float[PANELS * MicroKernel.COLUMNS * Gemm.DEPTH];
  private GemmOperand a;
  private GemmOperand b;

  @Override
  protected void operands() {
    int width = PANELS * MicroKernel.COLUMNS;
    a = operand(Gemm.BLOCK_ROWS, Gemm.DEPTH);
    b = operand(Gemm.DEPTH, width);
  }

  private GemmOperand operand(int rowCount, int columnCount) {
    return transposed
        ? BatchedMatMul.operand(random(columnCount, rowCount)).transposed()
        : BatchedMatMul.operand(random(rowCount, columnCount));
  }

  /** A block of rows of A. */
  @Benchmark
  public float[] packA() {
    Pack.a(a, 0, Gemm.BLOCK_ROWS, 0, Gemm.DEPTH, rows);
    return rows;
  }

  /** Some panels of B. */
  @Benchmark
  public float[] packB() {
    for (int panel = 0; panel < PANELS; panel++) {
      Pack.b(
          b,
          0,
          Gemm.DEPTH,
          panel * MicroKernel.COLUMNS,
          MicroKernel.COLUMNS,
          columns,
          panel * MicroKernel.COLUMNS * Gemm.DEPTH);
    }
    return columns;
  }
}

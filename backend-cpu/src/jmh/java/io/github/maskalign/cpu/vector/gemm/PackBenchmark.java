package io.github.maskalign.cpu.vector.gemm;

import io.github.maskalign.cpu.KernelBenchmark;
import io.github.maskalign.cpu.gemm.Blocking;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.runtime.Scratch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Panels for the matrix product, as large as a task makes them. */
public class PackBenchmark extends KernelBenchmark {

  private static final int PANELS = 8;
  private static final Blocking BLOCKING = new VectorTile(new Scratch()).blocking();

  /** Whether the operand is transposed. */
  @Param({"false", "true"})
  public boolean transposed;

  private final float[] rows = new float[BLOCKING.blockRows() * BLOCKING.depth()];
  private final float[] columns = new float[PANELS * MicroKernel.COLUMNS * BLOCKING.depth()];
  private Matrix a;
  private Matrix b;

  @Override
  protected void operands() {
    int width = PANELS * MicroKernel.COLUMNS;
    a = operand(BLOCKING.blockRows(), BLOCKING.depth());
    b = operand(BLOCKING.depth(), width);
  }

  private Matrix operand(int rowCount, int columnCount) {
    return transposed
        ? Matrix.of(random(columnCount, rowCount)).transposed()
        : Matrix.of(random(rowCount, columnCount));
  }

  /** A block of rows of A. */
  @Benchmark
  public float[] packA() {
    Pack.a(a, 0, BLOCKING.blockRows(), 0, BLOCKING.depth(), rows);
    return rows;
  }

  /** Some panels of B. */
  @Benchmark
  public float[] packB() {
    for (int panel = 0; panel < PANELS; panel++) {
      Pack.b(
          b,
          0,
          BLOCKING.depth(),
          panel * MicroKernel.COLUMNS,
          MicroKernel.COLUMNS,
          columns,
          panel * MicroKernel.COLUMNS * BLOCKING.depth());
    }
    return columns;
  }
}

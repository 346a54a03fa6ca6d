package io.github.maskalign.cpu;

import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** GELU of 960 rows of 3072. */
public class GeluBenchmark extends KernelBenchmark {

  private static final int ROWS = 960;
  private static final int COLUMNS = 3072;

  /** Which formula. */
  @Param({"ERF", "TANH", "QUICK"})
  public Gelu kind;

  private Tensor x;
  private Tensor g;

  @Override
  protected void operands() {
    x = random(ROWS, COLUMNS);
    g = random(ROWS, COLUMNS);
  }

  /** The operation. */
  @Benchmark
  public void forward() {
    call(eager -> eager.gelu(x, kind));
  }

  /** Its derivative. */
  @Benchmark
  public void backward() {
    call(eager -> eager.geluGrad(x, kind, g));
  }
}

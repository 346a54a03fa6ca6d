package io.github.maskalign.cpu;

import io.github.maskalign.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Layer norm of 960 rows. */
public class LayerNormBenchmark extends KernelBenchmark {

  private static final int ROWS = 960;
  private static final double EPS = 1e-6;

  /** Values in a row. */
  @Param({"192", "384", "768"})
  public int columns;

  private Tensor x;
  private Tensor gamma;
  private Tensor beta;
  private Tensor g;

  @Override
  protected void operands() {
    x = random(ROWS, columns);
    gamma = random(columns);
    beta = random(columns);
    g = random(ROWS, columns);
  }

  /** The operation. */
  @Benchmark
  public void forward() {
    call(eager -> eager.layerNorm(x, gamma, beta, EPS));
  }

  /** Its three derivatives. */
  @Benchmark
  public void backward() {
    call(eager -> eager.layerNormGrad(x, gamma, EPS, g));
  }
}

package io.github.maskalign.cpu;

import io.github.maskalign.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Softmax of 8192 rows. */
public class SoftmaxBenchmark extends KernelBenchmark {

  private static final int ROWS = 8192;

  /** Values in a row. */
  @Param({"60", "197", "1000"})
  public int columns;

  private Tensor x;
  private Tensor g;

  @Override
  protected void operands() {
    x = random(ROWS, columns);
    g = random(ROWS, columns);
  }

  /** The operation. */
  @Benchmark
  public void forward() {
    call(eager -> eager.softmax(x));
  }

  /** Its derivative; any values do for the probabilities. */
  @Benchmark
  public void backward() {
    call(eager -> eager.softmaxGrad(x, g));
  }
}

package io.github.maskalign.cpu;

import io.github.maskalign.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The matrix product. */
public class GemmBenchmark extends KernelBenchmark {

  /** {@code MxNxK/}, then N or T per operand: as is or transposed. */
  @Param({
    "960x768x768/NN",
    "960x3072x768/NN",
    "960x768x3072/NT",
    "768x3072x960/TN",
    "1576x2304x768/NN",
    "960x384x384/NN"
  })
  public String shape;

  private Tensor a;
  private Tensor b;

  @Override
  protected void operands() {
    String[] parts = shape.split("[x/]");
    int m = Integer.parseInt(parts[0]);
    int n = Integer.parseInt(parts[1]);
    int k = Integer.parseInt(parts[2]);
    a = matrix(m, k, parts[3].charAt(0) == 'T');
    b = matrix(k, n, parts[3].charAt(1) == 'T');
  }

  private Tensor matrix(int rows, int columns, boolean transposed) {
    return transposed ? scope().eager().transpose(random(columns, rows)) : random(rows, columns);
  }

  /** Packing included. */
  @Benchmark
  public void product() {
    call(eager -> eager.matmul(a, b));
  }
}

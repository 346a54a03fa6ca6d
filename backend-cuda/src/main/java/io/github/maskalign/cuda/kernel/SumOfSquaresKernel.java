package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.runtime.CudaStorage;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** The sum of the squares of many tensors in one launch: {@code sum_of_squares.cu}. */
public final class SumOfSquaresKernel {

  private static final int THREADS = 256;

  private final Gpu gpu;

  /** The kernel of one device. */
  public SumOfSquaresKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** The sum of the squares of contiguous tensors of one type; waits for the result. */
  public double sumOfSquares(List<Tensor> xs) {
    TensorTable table = new TensorTable();
    xs.forEach(x -> table.add(List.of(x)));
    if (table.entries() == 0) {
      return 0;
    }
    double[] sums = new double[Math.toIntExact(table.blocks())];
    CudaStorage entries = table.upload(gpu);
    CudaStorage partials = gpu.pool().allocate((long) sums.length * Double.BYTES);
    try {
      gpu.kernels()
          .get("sum_of_squares.cu", "sumOfSquares", KernelArguments.real(xs.getFirst().dtype()))
          .launch(
              gpu.compute(),
              Grid.of(sums.length, THREADS),
              entries.address(),
              table.entries(),
              partials.address());
      gpu.transfers().download(partials.address(), MemorySegment.ofArray(sums));
    } finally {
      entries.free();
      partials.free();
    }
    return Arrays.stream(sums).sum();
  }
}

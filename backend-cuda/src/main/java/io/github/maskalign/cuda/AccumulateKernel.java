package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** Sums into and over memory of parameters: {@code accumulate.cu} and {@code squares.cu}. */
final class AccumulateKernel {

  private static final int THREADS = 256;

  private final Gpu gpu;

  AccumulateKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** target += factor * value. */
  void add(double factor, DeviceView value, DeviceView target) {
    DType dtype = target.dtype();
    for (Walk walk : Walk.of(value, target).parts()) {
      gpu.kernels()
          .get("accumulate.cu", "accumulate", Operands.real(dtype))
          .launch(
              gpu.compute(),
              ElementwiseKernel.grid(walk.size()),
              walk.axes(),
              walk.address(0),
              walk.address(1),
              (int) walk.size(),
              Operands.number(dtype, factor));
    }
  }

  /** The sum of the squares of dense tensors of one type; waits for it. */
  double sumOfSquares(List<Tensor> xs) {
    TensorTable table = new TensorTable();
    xs.forEach(x -> table.add(List.of(x)));
    if (table.entries() == 0) {
      return 0;
    }
    double[] sums = new double[Math.toIntExact(table.blocks())];
    CudaStorage entries = table.upload(gpu);
    CudaStorage parts = gpu.pool().allocate((long) sums.length * Double.BYTES);
    try {
      gpu.kernels()
          .get("squares.cu", "sumOfSquares", Operands.real(xs.getFirst().dtype()))
          .launch(
              gpu.compute(),
              Grid.of(sums.length, THREADS),
              entries.address(),
              table.entries(),
              parts.address());
      gpu.transfers().download(parts.address(), MemorySegment.ofArray(sums));
    } finally {
      entries.free();
      parts.free();
    }
    return Arrays.stream(sums).sum();
  }
}

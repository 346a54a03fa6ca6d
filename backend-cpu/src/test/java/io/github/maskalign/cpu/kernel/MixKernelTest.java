package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.kernel.KernelData.Block;
import io.github.maskalign.cpu.runtime.Operand;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixKernelTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 12})
  void forwardAndWeightGrad(int levels) {
    for (int n : KernelData.SIZES) {
      Block[] x = new Block[levels];
      float[] w = new float[levels];
      for (int j = 0; j < levels; j++) {
        x[j] = KernelData.normal(n, n + j);
        w[j] = 0.5f - j;
      }
      Operand[] operands = Arrays.stream(x).map(Block::operand).toArray(Operand[]::new);
      Block y =
          KernelData.run(
              n,
              (workers, out) ->
                  KernelData.kernels(workers).mix().forward(w, operands, out.operand(), n));
      y.expect(
          i -> IntStream.range(0, levels).mapToDouble(j -> (double) w[j] * x[j].get(i)).sum(),
          KernelData.ulps(2, 8.0 * levels * levels));

      Block g = KernelData.normal(n, 99);
      Block dw =
          KernelData.run(
              levels,
              (workers, out) -> {
                float[] weights = new float[levels];
                KernelData.kernels(workers).mix().weightGrad(g.operand(), operands, weights, n);
                for (int j = 0; j < levels; j++) {
                  out.set(j, weights[j]);
                }
              });
      dw.expect(
          j -> IntStream.range(0, n).mapToDouble(i -> (double) g.get(i) * x[j].get(i)).sum(),
          KernelData.ulps(1, 16 + 16 * Math.sqrt(n)));
    }
  }
}

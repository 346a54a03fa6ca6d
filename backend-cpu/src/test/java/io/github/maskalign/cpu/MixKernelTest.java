package io.github.maskalign.cpu;

import io.github.maskalign.cpu.KernelData.Block;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixKernelTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 12})
  void forwardAndBackward(int levels) {
    for (int n : KernelData.SIZES) {
      Block[] x = new Block[levels];
      float[] w = new float[levels + 2];
      for (int j = 0; j < levels; j++) {
        x[j] = KernelData.normal(n, n + j);
        w[j + 1] = 0.5f - j;
      }
      MemorySegment[] segments =
          IntStream.range(0, levels).mapToObj(j -> x[j].segment()).toArray(MemorySegment[]::new);
      long[] offsets = IntStream.range(0, levels).mapToLong(j -> x[j].offset()).toArray();
      Block y =
          KernelData.run(
              n,
              (workers, out) ->
                  new MixKernel(workers, new Scratch())
                      .forward(w, 1, segments, offsets, out.segment(), out.offset(), n));
      y.expect(
          i -> IntStream.range(0, levels).mapToDouble(j -> (double) w[j + 1] * x[j].get(i)).sum(),
          KernelData.ulps(2, 8.0 * levels * levels));

      Block g = KernelData.normal(n, 99);
      Block dw =
          KernelData.run(
              levels,
              (workers, out) -> {
                float[] weights = new float[levels + 1];
                new MixKernel(workers, new Scratch())
                    .backwardWeights(g.segment(), g.offset(), segments, offsets, weights, 1, n);
                for (int j = 0; j < levels; j++) {
                  Mem.set(out.segment(), 4L * (out.offset() + j), weights[j + 1]);
                }
              });
      dw.expect(
          j -> IntStream.range(0, n).mapToDouble(i -> (double) g.get(i) * x[j].get(i)).sum(),
          KernelData.ulps(1, 16 + 16 * Math.sqrt(n)));
    }
  }
}

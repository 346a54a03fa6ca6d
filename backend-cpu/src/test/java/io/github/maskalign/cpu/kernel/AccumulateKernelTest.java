package io.github.maskalign.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.kernel.KernelData.Block;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccumulateKernelTest {
  @Test
  void addsInPlace() {
    for (int n : KernelData.SIZES) {
      Block x = KernelData.normal(n, n);
      Block y = KernelData.normal(n, n + 1L);
      float[] before = y.toArray();
      KernelData.with(
          2,
          w -> KernelData.kernels(w).accumulate().accumulate(-0.5f, x.operand(), y.operand(), n));
      y.expect(i -> before[i] - 0.5 * x.get(i), KernelData.ulps(1, 1e-30));
    }
  }

  @Test
  void sumOfSquares() {
    List<AccumulateKernel.Span> spans = new ArrayList<>();
    double want = 0;
    for (int n : KernelData.SIZES) {
      Block x = KernelData.normal(n, n);
      for (int i = 0; i < n; i++) {
        want += (double) x.get(i) * x.get(i);
      }
      spans.add(new AccumulateKernel.Span(x.operand(), n));
    }
    double[] got = new double[2];
    KernelData.with(1, w -> got[0] = KernelData.kernels(w).accumulate().sumOfSquares(spans));
    KernelData.with(2, w -> got[1] = KernelData.kernels(w).accumulate().sumOfSquares(spans));
    assertEquals(want, got[0], 1e-6 * want);
    assertEquals(got[0], got[1]);
  }
}

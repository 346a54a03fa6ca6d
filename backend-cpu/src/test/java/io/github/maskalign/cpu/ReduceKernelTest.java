package io.github.maskalign.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.KernelData.Block;
import io.github.maskalign.tensor.op.Reduction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReduceKernelTest {
  private static Block apply(Reduction op, Block x, int outer, int size, int inner) {
    return KernelData.run(
        outer * inner,
        (w, y) ->
            new ReduceKernel(w, new Scratch())
                .apply(op, x.segment(), x.offset(), outer, size, inner, y.segment(), y.offset()));
  }

  @ParameterizedTest
  @CsvSource({
    "1,0,1", "1,1,1", "1,17,1", "1,1031,1", "1,50021,1", "5,0,1", "5,7,1", "301,197,1",
    "3,2050,1", "1,5,7", "1,1031,33", "1,0,5", "7,13,5", "3,300,65", "2,1,129", "40,3,700",
    "1,2,40009", "0,3,4", "3,4,0"
  })
  void sumsAndMaxima(int outer, int size, int inner) {
    Block x = KernelData.normal(outer * size * inner, 1L + outer + size + inner);
    // 64 roundings of magnitudes up to the sum of |x|: blocks are short, whatever the size.
    apply(Reduction.SUM, x, outer, size, inner)
        .expect(
            i -> sum(x, i, size, inner),
            want -> 0x1p-24 * (64 * Math.max(1, 0.8 * Math.sqrt(size)) + Math.abs(want)));
    apply(Reduction.MAX, x, outer, size, inner).expect(i -> max(x, i, size, inner), want -> 0);
  }

  private static double sum(Block x, int i, int size, int inner) {
    double sum = 0;
    for (int r = 0; r < size; r++) {
      sum += x.get((long) (i / inner * size + r) * inner + i % inner);
    }
    return sum;
  }

  private static double max(Block x, int i, int size, int inner) {
    double max = Double.NEGATIVE_INFINITY;
    for (int r = 0; r < size; r++) {
      max = Math.max(max, x.get((long) (i / inner * size + r) * inner + i % inner));
    }
    return max;
  }

  @Test
  void total() {
    for (int n : KernelData.SIZES) {
      Block x = KernelData.normal(n, n);
      Block y =
          KernelData.run(
              2,
              (w, out) -> {
                ReduceKernel kernel = new ReduceKernel(w, new Scratch());
                float sum = kernel.total(Reduction.SUM, x.segment(), x.offset(), n);
                float max = kernel.total(Reduction.MAX, x.segment(), x.offset(), n);
                Mem.set(out.segment(), 4L * out.offset(), sum);
                Mem.set(out.segment(), 4L * out.offset() + 4, max);
              });
      y.expect(
          i -> i == 0 ? sum(x, 0, n, 1) : max(x, 0, n, 1),
          want -> 0x1p-24 * (64 * Math.max(1, 0.8 * Math.sqrt(n)) + Math.abs(want)));
    }
  }

  @Test
  void longSumsOfEqualNumbersStayExact() {
    int n = 1 << 20;
    float[] values = new float[n];
    java.util.Arrays.fill(values, 0.1f);
    Block x = KernelData.of(values);
    double exact = (double) n * 0.1f;
    assertEquals(exact, apply(Reduction.SUM, x, 1, n, 1).get(0), 8e-7 * exact);
    assertEquals(exact / 4, apply(Reduction.SUM, x, 1, n / 4, 4).get(3), 4e-6 * exact / 4);
  }

  @Test
  void maximumOfNegativeNumbersIgnoresThePadding() {
    Block x = KernelData.of(-5f, -3f, -4f);
    assertEquals(-3f, apply(Reduction.MAX, x, 1, 3, 1).get(0));
    assertEquals(-5f, apply(Reduction.MAX, x, 3, 1, 1).get(0));
    assertEquals(-5f, apply(Reduction.MAX, x, 1, 1, 3).get(0));
  }

  @Test
  void maximumWithNanIsNan() {
    Block x = KernelData.of(1f, Float.NaN, 2f, 3f);
    assertEquals(Float.NaN, apply(Reduction.MAX, x, 1, 4, 1).get(0));
    assertEquals(Float.NaN, apply(Reduction.MAX, x, 1, 2, 2).get(1));
  }
}

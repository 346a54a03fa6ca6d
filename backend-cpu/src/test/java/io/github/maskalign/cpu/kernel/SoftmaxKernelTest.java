package io.github.maskalign.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.kernel.KernelData.Block;
import io.github.maskalign.cpu.runtime.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoftmaxKernelTest {
  private static Block forward(boolean log, Block x, int rows, int width) {
    return KernelData.run(
        x.size(),
        (w, y) -> {
          SoftmaxKernel kernel = KernelData.kernels(w).softmax();
          if (log) {
            kernel.logSoftmax(x.operand(), y.operand(), rows, width);
          } else {
            kernel.softmax(x.operand(), y.operand(), rows, width);
          }
        });
  }

  private static double logSum(Block x, int row, int width) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < width; j++) {
      max = Math.max(max, x.get((long) row * width + j));
    }
    double sum = 0;
    for (int j = 0; j < width; j++) {
      sum += Math.exp(x.get((long) row * width + j) - max);
    }
    return max + Math.log(sum);
  }

  @ParameterizedTest
  @CsvSource({
    "0,5,1",
    "1,1,1",
    "3,2,1",
    "5,15,1",
    "7,16,1",
    "301,60,1",
    "90,197,3",
    "3,1031,1",
    "2,17,60",
    "4,0,1"
  })
  void forwardAndLogForward(int rows, int width, double deviation) {
    Block x = KernelData.normal(rows * width, width, deviation);
    forward(false, x, rows, width)
        .expect(
            i -> Math.exp(x.get(i) - logSum(x, i / width, width)),
            want -> 0x1p-24 * ((10 + 20 * deviation) * want + 1e-30));
    forward(true, x, rows, width)
        .expect(
            i -> x.get(i) - logSum(x, i / width, width),
            want -> 0x1p-24 * (16 + 4 * Math.abs(want)));
  }

  @ParameterizedTest
  @CsvSource({"0,5", "1,1", "3,2", "5,15", "7,16", "301,60", "90,197", "3,1031"})
  void backward(int rows, int width) {
    int n = rows * width;
    Block x = KernelData.normal(n, width, 1);
    Block g = KernelData.normal(n, width + 1L);
    Block y = forward(false, x, rows, width);
    Block z = forward(true, x, rows, width);
    Block dx =
        KernelData.run(
            n,
            (w, out) ->
                KernelData.kernels(w)
                    .softmax()
                    .softmaxGrad(y.operand(), g.operand(), out.operand(), rows, width));
    dx.expect(
        i -> {
          double dot = 0;
          for (int j = i / width * width; j < (i / width + 1) * width; j++) {
            dot += (double) g.get(j) * y.get(j);
          }
          return y.get(i) * (g.get(i) - dot);
        },
        want -> 0x1p-24 * (4 * Math.abs(want) + 16.0 / Math.sqrt(width)));
    Block dz =
        KernelData.run(
            n,
            (w, out) ->
                KernelData.kernels(w)
                    .softmax()
                    .logSoftmaxGrad(z.operand(), g.operand(), out.operand(), rows, width));
    dz.expect(
        i -> {
          double sum = 0;
          for (int j = i / width * width; j < (i / width + 1) * width; j++) {
            sum += g.get(j);
          }
          return g.get(i) - Math.exp(z.get(i)) * sum;
        },
        want -> 0x1p-24 * (8 * Math.abs(want) + 64));
  }

  @Test
  void largeLogitsAndMasks() {
    float no = Float.NEGATIVE_INFINITY;
    Block x = KernelData.of(1e30f, 1e30f, no, -1e30f, no, no, 7f, no, no, no, no, no);
    Block y = forward(false, x, 3, 4);
    float[] want = {0.5f, 0.5f, 0, 0, 0, 0, 1, 0};
    for (int i = 0; i < 8; i++) {
      assertEquals(want[i], y.get(i));
    }
    assertEquals(Float.NaN, y.get(8));
    Block z = forward(true, x, 3, 4);
    assertEquals(no, z.get(2));
    assertEquals(0f, z.get(6));
  }

  @Test
  void inPlace() {
    Block x = KernelData.normal(3 * 37, 3);
    Block y = forward(false, x, 3, 37);
    KernelData.kernels(new Workers(1)).softmax().softmax(x.operand(), x.operand(), 3, 37);
    x.expect(y::get, want -> 0);
  }
}

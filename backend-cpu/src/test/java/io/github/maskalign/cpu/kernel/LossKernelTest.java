package io.github.maskalign.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.kernel.KernelData.Block;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossKernelTest {
  private static double smoothL1(double d, double beta) {
    double a = Math.abs(d);
    return a < beta ? a * a / (2 * beta) : a - beta / 2;
  }

  private static double slope(double d, double beta) {
    return Math.abs(d) < beta ? d / beta : Math.signum(d);
  }

  private static double smoothL1(Block a, Block b, float beta, int threads) {
    double[] loss = new double[1];
    KernelData.with(
        threads,
        w ->
            loss[0] =
                KernelData.kernels(w).loss().smoothL1(a.operand(), b.operand(), beta, a.size()));
    return loss[0];
  }

  private static Block smoothL1Grad(Block a, Block b, float beta, float scale) {
    return KernelData.run(
        a.size(),
        (w, da) ->
            KernelData.kernels(w)
                .loss()
                .smoothL1Grad(a.operand(), b.operand(), beta, scale, da.operand(), a.size()));
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, 0.3f, 1f, 2f})
  void smoothL1OfEverySize(float beta) {
    for (int n : KernelData.SIZES) {
      Block a = KernelData.normal(n, n);
      Block b = KernelData.normal(n, n + 1);
      double want = 0;
      for (int i = 0; i < n; i++) {
        want += smoothL1(a.get(i) - b.get(i), beta);
      }
      double got = smoothL1(a, b, beta, 1);
      assertEquals(want, got, 1e-6 * want);
      assertEquals(got, smoothL1(a, b, beta, 2));
      smoothL1Grad(a, b, beta, -1.5f)
          .expect(i -> -1.5 * slope(a.get(i) - b.get(i), beta), KernelData.ulps(4, 1e-30));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, 1f})
  void equalInputsHaveNoLossAndNoSlope(float beta) {
    Block a = KernelData.of(1f, -2f, 0f);
    assertEquals(0.0, smoothL1(a, a, beta, 1));
    smoothL1Grad(a, a, beta, 3f).expect(i -> 0, want -> 0);
  }

  @Test
  void atTheKinkTheSlopeIsOne() {
    Block a = KernelData.of(1f, -1f, 2f, -2f);
    Block zero = KernelData.of(0f, 0f, 0f, 0f);
    smoothL1Grad(a, zero, 1f, 2f).expect(i -> i % 2 == 0 ? 2 : -2, want -> 0);
  }

  private static double[] logSoftmax(Block x, int row, int classes) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < classes; j++) {
      max = Math.max(max, x.get((long) row * classes + j));
    }
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      sum += Math.exp(x.get((long) row * classes + j) - max);
    }
    double[] y = new double[classes];
    for (int j = 0; j < classes; j++) {
      y[j] = x.get((long) row * classes + j) - max - Math.log(sum);
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "3,2,1",
    "5,10,3",
    "64,1000,1",
    "7,17,1",
    "300,100,1",
    "2,1000,1",
    "4,16,1000"
  })
  void crossEntropy(int rows, int classes, double deviation) {
    Block x = KernelData.normal(rows * classes, rows, deviation);
    float[] shares = new float[rows * classes];
    for (int r = 0; r < rows; r++) {
      shares[r * classes + r % classes] += 0.9f;
      shares[r * classes + (r * 7 + 3) % classes] += 0.3f;
    }
    Block t = KernelData.of(shares);
    double want = 0;
    double[] slopes = new double[rows * classes];
    for (int r = 0; r < rows; r++) {
      double[] y = logSoftmax(x, r, classes);
      for (int j = 0; j < classes; j++) {
        double share = shares[r * classes + j];
        want -= share == 0 ? 0 : share * y[j] / rows;
        slopes[r * classes + j] = -2.0 / rows * ((0.9f + 0.3f) * Math.exp(y[j]) - share);
      }
    }
    double[] got = new double[2];
    for (int threads = 1; threads <= 2; threads++) {
      int index = threads - 1;
      KernelData.with(
          threads,
          w ->
              got[index] =
                  KernelData.kernels(w)
                      .loss()
                      .crossEntropy(x.operand(), t.operand(), rows, classes));
    }
    assertEquals(want, got[0], 1e-6 * (1 + Math.abs(want)));
    assertEquals(got[0], got[1]);
    Block dx =
        KernelData.run(
            rows * classes,
            (w, out) ->
                KernelData.kernels(w)
                    .loss()
                    .crossEntropyGrad(x.operand(), t.operand(), -2f, out.operand(), rows, classes));
    dx.expect(i -> slopes[i], bound -> 0x1p-24 * (16 * Math.abs(bound) + 16.0 / rows));
  }
}

package io.github.maskalign.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.kernel.KernelData.Block;
import io.github.maskalign.cpu.runtime.Workers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerNormKernelTest {
  private static final float EPS = 1e-3f;

  private static Block forward(Block x, @Nullable Block gamma, @Nullable Block beta, int width) {
    return KernelData.run(
        x.size(),
        (w, y) ->
            KernelData.kernels(w)
                .layerNorm()
                .forward(
                    x.operand(),
                    gamma == null ? null : gamma.operand(),
                    beta == null ? null : beta.operand(),
                    EPS,
                    y.operand(),
                    null,
                    width == 0 ? 0 : x.size() / width,
                    width));
  }

  /** xhat of the row, in double. */
  private static double[] normal(Block x, int row, int width) {
    double mean = 0;
    for (int j = 0; j < width; j++) {
      mean += x.get((long) row * width + j) / (double) width;
    }
    double variance = 0;
    for (int j = 0; j < width; j++) {
      double d = x.get((long) row * width + j) - mean;
      variance += d * d / width;
    }
    double[] normal = new double[width];
    for (int j = 0; j < width; j++) {
      normal[j] = (x.get((long) row * width + j) - mean) / deviation(variance);
    }
    return normal;
  }

  private static double deviation(double variance) {
    return Math.sqrt(variance + EPS);
  }

  private static double variance(Block x, int row, int width) {
    double mean = 0;
    double squares = 0;
    for (int j = 0; j < width; j++) {
      double v = x.get((long) row * width + j);
      mean += v / width;
      squares += v * v / width;
    }
    return squares - mean * mean;
  }

  @ParameterizedTest
  @CsvSource({"0,5", "1,1", "3,2", "5,15", "7,16", "131,192", "33,197", "67,65", "3,3001"})
  void forward(int rows, int width) {
    Block x = KernelData.normal(rows * width, width, 2);
    Block gamma = KernelData.normal(width, 1);
    Block beta = KernelData.normal(width, 2);
    forward(x, gamma, beta, width)
        .expect(
            i ->
                normal(x, i / width, width)[i % width] * gamma.get(i % width) + beta.get(i % width),
            KernelData.ulps(16, 64));
    forward(x, null, null, width)
        .expect(i -> normal(x, i / width, width)[i % width], KernelData.ulps(16, 16));
    forward(x, gamma, null, width)
        .expect(
            i -> normal(x, i / width, width)[i % width] * gamma.get(i % width),
            KernelData.ulps(16, 64));
  }

  @Test
  void anOffsetDoesNotSpoilTheVariance() {
    Block x = KernelData.of(10_000f, 10_001f, 10_002f, 10_003f);
    forward(x, null, null, 4).expect(i -> normal(x, 0, 4)[i], want -> 1e-6);
  }

  @Test
  void aConstantRowGivesBeta() {
    Block y =
        forward(KernelData.of(3f, 3f, 3f), KernelData.of(9f, 9f, 9f), KernelData.of(1f, 2f, 3f), 3);
    y.expect(i -> i + 1, want -> 0);
  }

  @ParameterizedTest
  @CsvSource({
    "0,5,true",
    "1,1,true",
    "3,2,false",
    "5,15,true",
    "131,192,true",
    "33,197,false",
    "67,65,true",
    "300,17,true",
    "3,3001,true"
  })
  void backward(int rows, int width, boolean affine) {
    int n = rows * width;
    Block x = KernelData.normal(n, width, 2);
    Block g = KernelData.normal(n, 7);
    Block gamma = affine ? KernelData.normal(width, 1) : null;
    // One output contains dx, dgamma and dbeta.
    Block out =
        KernelData.run(
            n + 2 * width,
            (w, y) ->
                KernelData.kernels(w)
                    .layerNorm()
                    .backward(
                        x.operand(),
                        gamma == null ? null : gamma.operand(),
                        EPS,
                        g.operand(),
                        new LayerNormKernel.Gradients(
                            y.operand(), y.operand(n), y.operand(n + width)),
                        rows,
                        width));
    double[] dgamma = new double[width];
    double[] dbeta = new double[width];
    double[] dx = new double[n];
    for (int r = 0; r < rows; r++) {
      double[] normal = normal(x, r, width);
      double scale = 1 / deviation(variance(x, r, width));
      double meanH = 0;
      double meanHx = 0;
      double[] h = new double[width];
      for (int j = 0; j < width; j++) {
        double d = g.get((long) r * width + j);
        dgamma[j] += d * normal[j];
        dbeta[j] += d;
        h[j] = gamma == null ? d : d * gamma.get(j);
        meanH += h[j] / width;
        meanHx += h[j] * normal[j] / width;
      }
      for (int j = 0; j < width; j++) {
        dx[r * width + j] = scale * (h[j] - meanH - normal[j] * meanHx);
      }
    }
    out.expect(
        i -> i < n ? dx[i] : i < n + width ? dgamma[i - n] : dbeta[i - n - width],
        KernelData.ulps(64, 64 * Math.sqrt(1 + rows)));
  }

  @Test
  void gradientsNotWantedAreLeftAlone() {
    Block x = KernelData.normal(20, 3);
    Block dx = KernelData.block(20);
    KernelData.kernels(new Workers(1))
        .layerNorm()
        .backward(
            x.operand(),
            null,
            EPS,
            x.operand(),
            new LayerNormKernel.Gradients(dx.operand(), null, null),
            4,
            5);
    dx.expectGuards();
    double sum = 0;
    for (int j = 0; j < 5; j++) {
      sum += dx.get(j);
    }
    assertEquals(0, sum, 1e-6);
  }
}

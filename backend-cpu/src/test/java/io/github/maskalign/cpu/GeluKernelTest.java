package io.github.maskalign.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.KernelData.Block;
import io.github.maskalign.tensor.op.Gelu;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeluKernelTest {
  private static double exact(Gelu kind, double x) {
    return switch (kind) {
      case ERF -> x / 2 * (1 + VectorMathTest.erf(x / Math.sqrt(2)));
      case TANH -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case QUICK -> x / (1 + Math.exp(-1.702 * x));
    };
  }

  private static double slope(Gelu kind, double x) {
    double h = 1e-5;
    return (exact(kind, x + h) - exact(kind, x - h)) / (2 * h);
  }

  private static Block forward(Gelu kind, Block x) {
    int n = x.size();
    return KernelData.run(
        n,
        (w, y) ->
            new GeluKernel(w, new Scratch())
                .forward(kind, x.segment(), x.offset(), y.segment(), y.offset(), n));
  }

  private static Block backward(Gelu kind, Block x, Block g) {
    int n = x.size();
    return KernelData.run(
        n,
        (w, dx) ->
            new GeluKernel(w, new Scratch())
                .backward(
                    kind,
                    x.segment(),
                    x.offset(),
                    g.segment(),
                    g.offset(),
                    dx.segment(),
                    dx.offset(),
                    n));
  }

  @ParameterizedTest
  @EnumSource
  void everySize(Gelu kind) {
    for (int n : KernelData.SIZES) {
      Block x = KernelData.normal(n, n, 3);
      Block g = KernelData.normal(n, n + 1);
      forward(kind, x).expect(i -> exact(kind, x.get(i)), want -> 3e-7 * Math.abs(want) + 1e-7);
      backward(kind, x, g)
          .expect(i -> g.get(i) * slope(kind, x.get(i)), want -> 1e-6 * (1 + Math.abs(want)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void smallNumbersKeepTheirRelativeAccuracy(Gelu kind) {
    Block x = KernelData.of(1e-3f, -1e-3f, 1e-6f, -1e-6f, 1e-20f, -1e-20f, 0f);
    forward(kind, x).expect(i -> exact(kind, x.get(i)), KernelData.ulps(8, 1e-30));
  }

  @ParameterizedTest
  @EnumSource
  void farOutItIsTheIdentityOrZero(Gelu kind) {
    Block x = KernelData.of(20f, 1e4f, 1e12f, -20f, -1e4f, -1e12f);
    Block g = KernelData.of(2f, 2f, 2f, 2f, 2f, 2f);
    Block y = forward(kind, x);
    Block dx = backward(kind, x, g);
    for (int i = 0; i < 6; i++) {
      assertEquals(i < 3 ? x.get(i) : 0f, y.get(i), 1e-12);
      assertEquals(i < 3 ? 2f : 0f, dx.get(i), 1e-12);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nanStays(Gelu kind) {
    Block x = KernelData.of(Float.NaN);
    assertEquals(Float.NaN, forward(kind, x).get(0));
    assertEquals(Float.NaN, backward(kind, x, KernelData.of(1f)).get(0));
  }
}

package io.github.maskalign.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.KernelData.Block;
import io.github.maskalign.tensor.op.UnaryOp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnaryKernelTest {
  private static double exact(UnaryOp op, double x) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case ERF -> VectorMathTest.erf(x);
      case RELU -> Math.max(x, 0);
    };
  }

  @ParameterizedTest
  @EnumSource
  void everySize(UnaryOp op) {
    for (int n : KernelData.SIZES) {
      Block x = KernelData.normal(n, n, 2);
      Block y = apply(op, x);
      y.expect(i -> exact(op, x.get(i)), KernelData.ulps(8, 1e-30));
    }
  }

  @ParameterizedTest
  @EnumSource
  void specialValues(UnaryOp op) {
    Block x =
        KernelData.of(
            0f,
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            1e-40f,
            -1e-40f,
            3e38f,
            -3e38f);
    Block y = apply(op, x);
    y.expect(i -> (float) exact(op, x.get(i)), KernelData.ulps(4, 1e-37));
  }

  @Test
  void inPlace() {
    Block x = KernelData.normal(1000, 1);
    float before = x.get(999);
    UnaryKernel kernel = new UnaryKernel(new Workers(1), new Scratch());
    kernel.apply(UnaryOp.SQUARE, x.segment(), x.offset(), x.segment(), x.offset(), x.size());
    assertEquals(before * before, x.get(999));
  }

  @Test
  void affine() {
    for (int n : KernelData.SIZES) {
      Block x = KernelData.normal(n, n);
      Block y =
          KernelData.run(
              n,
              (w, out) ->
                  new UnaryKernel(w, new Scratch())
                      .affine(
                          -2.5f, 0.75f, x.segment(), x.offset(), out.segment(), out.offset(), n));
      y.expect(i -> -2.5 * x.get(i) + 0.75, KernelData.ulps(1, 1e-30));
    }
  }

  private static Block apply(UnaryOp op, Block x) {
    return KernelData.run(
        x.size(),
        (w, out) ->
            new UnaryKernel(w, new Scratch())
                .apply(op, x.segment(), x.offset(), out.segment(), out.offset(), x.size()));
  }
}

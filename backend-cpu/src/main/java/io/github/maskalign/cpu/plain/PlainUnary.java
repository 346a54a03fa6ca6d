package io.github.maskalign.cpu.plain;

import static io.github.maskalign.cpu.plain.PlainMath.BLOCK;

import io.github.maskalign.cpu.kernel.UnaryKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.Arrays;

/** Functions of one number; see {@link UnaryKernel}. One method per loop, as C2 prefers them. */
final class PlainUnary extends UnaryKernel {

  PlainUnary(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void apply(UnaryOp op, Operand x, Operand y, long from, int n) {
    float[] v = scratch.takeFloats(BLOCK);
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      x.load(from + i, v, count);
      map(op, v, count);
      y.store(v, from + i, count);
    }
    scratch.give(v);
  }

  @Override
  protected void fill(float value, Operand y, long from, int n) {
    float[] v = scratch.takeFloats(BLOCK);
    Arrays.fill(v, 0, Math.min(BLOCK, n), value);
    for (int i = 0; i < n; i += BLOCK) {
      y.store(v, from + i, Math.min(BLOCK, n - i));
    }
    scratch.give(v);
  }

  @Override
  public void affine(float scale, float shift, Operand x, Operand y, long from, int n) {
    float[] v = scratch.takeFloats(BLOCK);
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      x.load(from + i, v, count);
      affine(v, scale, shift, count);
      y.store(v, from + i, count);
    }
    scratch.give(v);
  }

  private static void affine(float[] x, float scale, float shift, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.fma(x[i], scale, shift);
    }
  }

  private void map(UnaryOp op, float[] x, int n) {
    switch (op) {
      case NEG -> negate(x, n);
      case ABS -> abs(x, n);
      case SIGN -> sign(x, n);
      case SQUARE -> square(x, n);
      case SQRT -> sqrt(x, n);
      case RECIPROCAL -> reciprocal(x, n);
      case LOG -> log(x, n);
      case TANH -> tanh(x, n);
      case ERF -> erf(x, n);
      case RELU -> relu(x, n);
      case EXP -> exp(x, n);
      case SIGMOID -> sigmoid(x, n);
    }
  }

  private static void negate(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = -x[i];
    }
  }

  private static void abs(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.abs(x[i]);
    }
  }

  private static void sign(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.signum(x[i]);
    }
  }

  private static void square(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * x[i];
    }
  }

  private static void sqrt(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (float) Math.sqrt(x[i]);
    }
  }

  private static void reciprocal(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = 1f / x[i];
    }
  }

  private static void log(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (float) Math.log(x[i]);
    }
  }

  private static void tanh(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (float) Math.tanh(x[i]);
    }
  }

  private static void erf(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = PlainMath.erf(x[i]);
    }
  }

  private static void relu(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(x[i], 0f);
    }
  }

  private void exp(float[] x, int n) {
    int[] low = scratch.takeInts(n);
    int[] high = scratch.takeInts(n);
    PlainMath.exp(x, low, high, n);
    scratch.give(high);
    scratch.give(low);
  }

  private void sigmoid(float[] x, int n) {
    float[] e = scratch.takeFloats(n);
    int[] bits = scratch.takeInts(n);
    negativeMagnitudes(x, e, n);
    PlainMath.expOfNonPositive(e, bits, n);
    sigmoids(x, e, n);
    scratch.give(bits);
    scratch.give(e);
  }

  private static void negativeMagnitudes(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = -Math.abs(x[i]);
    }
  }

  private static void sigmoids(float[] x, float[] e, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = PlainMath.sigmoid(x[i], e[i]);
    }
  }
}

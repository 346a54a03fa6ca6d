package io.github.maskalign.cpu.plain;

import static io.github.maskalign.cpu.plain.PlainMath.BLOCK;
import static io.github.maskalign.cpu.plain.PlainMath.FAR;
import static io.github.maskalign.cpu.plain.PlainMath.HUGE;

import io.github.maskalign.cpu.kernel.GeluKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.Gelu;

/** The Gaussian error linear unit; see {@link GeluKernel}. */
final class PlainGelu extends GeluKernel {

  PlainGelu(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  public void forward(Gelu kind, Operand x, Operand y, long from, int n) {
    float[] v = scratch.takeFloats(BLOCK);
    float[] e = scratch.takeFloats(BLOCK);
    int[] bits = scratch.takeInts(BLOCK);
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      x.load(from + i, v, count);
      exponentials(kind, v, e, bits, count);
      switch (kind) {
        case ERF -> erfForward(v, e, count);
        case TANH -> tanhForward(v, e, count);
        case QUICK -> quickForward(v, e, count);
      }
      y.store(v, from + i, count);
    }
    scratch.give(bits);
    scratch.give(e);
    scratch.give(v);
  }

  @Override
  protected void backward(Gelu kind, Operand x, Operand g, Operand dx, long from, int n) {
    float[] v = scratch.takeFloats(BLOCK);
    float[] d = scratch.takeFloats(BLOCK);
    float[] e = scratch.takeFloats(BLOCK);
    int[] bits = scratch.takeInts(BLOCK);
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      x.load(from + i, v, count);
      g.load(from + i, d, count);
      exponentials(kind, v, e, bits, count);
      switch (kind) {
        case ERF -> erfBackward(v, e, d, count);
        case TANH -> tanhBackward(v, e, d, count);
        case QUICK -> quickBackward(v, e, d, count);
      }
      dx.store(d, from + i, count);
    }
    scratch.give(bits);
    scratch.give(e);
    scratch.give(d);
    scratch.give(v);
  }

  /** The exponential that a kind needs: e^(-x^2/2), or e^-|u| with u the argument of a sigmoid. */
  private static void exponentials(Gelu kind, float[] x, float[] e, int[] bits, int n) {
    switch (kind) {
      case ERF -> PlainMath.bell(x, e, bits, n);
      case TANH -> {
        tanhArguments(x, e, n);
        PlainMath.expOfNonPositive(e, bits, n);
      }
      case QUICK -> {
        quickArguments(x, e, n);
        PlainMath.expOfNonPositive(e, bits, n);
      }
    }
  }

  // max(x, 0) - |x| Phi(-|x|) has no cancellation in the left tail.
  private static void erfForward(float[] x, float[] bell, int n) {
    for (int i = 0; i < n; i++) {
      float a = Math.min(Math.abs(x[i]), FAR);
      float tail = PlainMath.tailOverBell(a) * bell[i];
      x[i] = Math.fma(-a, tail, Math.max(x[i], 0f));
    }
  }

  private static void erfBackward(float[] x, float[] bell, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      float a = Math.min(Math.abs(x[i]), FAR);
      float left = Math.fma(-DENSITY_AT_0 * a, bell[i], PlainMath.tailOverBell(a) * bell[i]);
      // The slope left of 0, and 1 minus it right of 0.
      float sign = Math.max(-1f, Math.min(1f, x[i] * HUGE));
      g[i] *= Math.fma(sign, 0.5f - left, 0.5f);
    }
  }

  /** tanh GELU is x sigmoid(2 u) with u the argument of its tanh. */
  private static float tanhArgument(float x) {
    return Math.fma(x * x, 2 * SQRT_2_OVER_PI * CUBIC, 2 * SQRT_2_OVER_PI) * x;
  }

  private static void tanhArguments(float[] x, float[] e, int n) {
    for (int i = 0; i < n; i++) {
      e[i] = -Math.abs(tanhArgument(x[i]));
    }
  }

  private static void quickArguments(float[] x, float[] e, int n) {
    for (int i = 0; i < n; i++) {
      e[i] = -Math.abs(x[i] * QUICK_SLOPE);
    }
  }

  private static void tanhForward(float[] x, float[] e, int n) {
    for (int i = 0; i < n; i++) {
      x[i] *= PlainMath.sigmoid(tanhArgument(x[i]), e[i]);
    }
  }

  private static void quickForward(float[] x, float[] e, int n) {
    for (int i = 0; i < n; i++) {
      x[i] *= PlainMath.sigmoid(x[i] * QUICK_SLOPE, e[i]);
    }
  }

  // Of x s with s = sigmoid(u): s + x u' s (1 - s), where s (1 - s) = e / (1 + e)^2 has no
  // cancellation. Far from 0 that is 0: the clamp keeps its factor finite.
  private static void tanhBackward(float[] x, float[] e, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      float near = Math.max(-1e4f, Math.min(1e4f, x[i]));
      float growth = Math.fma(near * near, 6 * SQRT_2_OVER_PI * CUBIC, 2 * SQRT_2_OVER_PI) * near;
      float r = 1f / (1f + e[i]);
      g[i] *= Math.fma(growth, r * r * e[i], PlainMath.sigmoid(tanhArgument(x[i]), e[i]));
    }
  }

  private static void quickBackward(float[] x, float[] e, float[] g, int n) {
    for (int i = 0; i < n; i++) {
      float growth = Math.max(-1e4f, Math.min(1e4f, x[i])) * QUICK_SLOPE;
      float r = 1f / (1f + e[i]);
      g[i] *= Math.fma(growth, r * r * e[i], PlainMath.sigmoid(x[i] * QUICK_SLOPE, e[i]));
    }
  }
}

package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.all;
import static io.github.maskalign.cpu.Mem.first;
import static io.github.maskalign.cpu.Mem.load;
import static io.github.maskalign.cpu.Mem.store;

import io.github.maskalign.tensor.Gelu;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Gaussian error linear unit (Hendrycks and Gimpel, 2016) over contiguous data.
 *
 * <ul>
 *   <li>ERF: x Phi(x), Phi the normal distribution function
 *   <li>TANH: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
 *   <li>QUICK: x sigmoid(1.702 x)
 * </ul>
 */
final class GeluKernel {
  private static final float SQRT_HALF = 0.707106781f;
  private static final float DENSITY_AT_0 = 0.398942280f;
  private static final float SQRT_2_OVER_PI = 0.797884561f;
  private static final float CUBIC = 0.044715f;
  private static final float QUICK_SLOPE = 1.702f;

  private final Workers workers;

  GeluKernel(Workers workers) {
    this.workers = workers;
  }

  /** y[i] = gelu(x[i]); y may be x. */
  void forward(Gelu kind, MemorySegment x, long xOffset, MemorySegment y, long yOffset, long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          forwardChunk(kind, x, 4 * (xOffset + from), y, 4 * (yOffset + from), length);
        });
  }

  /** dx[i] = g[i] gelu'(x[i]); dx may be g or x. */
  void backward(
      Gelu kind,
      MemorySegment x,
      long xOffset,
      MemorySegment g,
      long gOffset,
      MemorySegment dx,
      long dxOffset,
      long n) {
    workers.run(
        Chunks.count(n, Chunks.ELEMENTS),
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(n, Chunks.ELEMENTS, c);
          long xAt = 4 * (xOffset + from);
          long gAt = 4 * (gOffset + from);
          long dxAt = 4 * (dxOffset + from);
          switch (kind) {
            case ERF -> erfBackward(x, xAt, g, gAt, dx, dxAt, length);
            case TANH -> sigmoidBackward(true, x, xAt, g, gAt, dx, dxAt, length);
            case QUICK -> sigmoidBackward(false, x, xAt, g, gAt, dx, dxAt, length);
          }
        });
  }

  /** One thread's part, for kernels that fuse the activation; addresses in bytes. */
  static void forwardChunk(Gelu kind, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    switch (kind) {
      case ERF -> erfForward(x, xAt, y, yAt, n);
      case TANH -> sigmoidForward(true, x, xAt, y, yAt, n);
      case QUICK -> sigmoidForward(false, x, xAt, y, yAt, n);
    }
  }

  private static void erfForward(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      store(erfGelu(load(x, xAt + 4L * i)), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      store(erfGelu(load(x, xAt + 4L * i, m)), y, yAt + 4L * i, m);
    }
  }

  private static void erfBackward(
      MemorySegment x, long xAt, MemorySegment g, long gAt, MemorySegment dx, long dxAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector d = erfSlope(load(x, xAt + 4L * i));
      store(load(g, gAt + 4L * i).mul(d), dx, dxAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      FloatVector d = erfSlope(load(x, xAt + 4L * i, m));
      store(load(g, gAt + 4L * i, m).mul(d), dx, dxAt + 4L * i, m);
    }
  }

  private static void sigmoidForward(
      boolean cubic, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector v = load(x, xAt + 4L * i);
      store(v.mul(VectorMath.sigmoid(argument(cubic, v))), y, yAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      FloatVector v = load(x, xAt + 4L * i, m);
      store(v.mul(VectorMath.sigmoid(argument(cubic, v))), y, yAt + 4L * i, m);
    }
  }

  private static void sigmoidBackward(
      boolean cubic,
      MemorySegment x,
      long xAt,
      MemorySegment g,
      long gAt,
      MemorySegment dx,
      long dxAt,
      int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector d = sigmoidSlope(cubic, load(x, xAt + 4L * i));
      store(load(g, gAt + 4L * i).mul(d), dx, dxAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> m = first(n - i);
      FloatVector d = sigmoidSlope(cubic, load(x, xAt + 4L * i, m));
      store(load(g, gAt + 4L * i, m).mul(d), dx, dxAt + 4L * i, m);
    }
  }

  // Phi(-|x|) = e^(-x^2/2) scaledErfc(|x|/sqrt 2) / 2 has no cancellation in the left tail, and
  // its exponential is the density that the derivative needs.
  private static FloatVector erfGelu(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector e = VectorMath.expOfNonPositive(x.mul(x).mul(-0.5f));
    FloatVector tail = VectorMath.scaledErfc(a.mul(SQRT_HALF)).mul(e).mul(0.5f);
    FloatVector positive = x.blend(0f, x.compare(VectorOperators.LT, 0f));
    return a.mul(tail).neg().add(positive);
  }

  private static FloatVector erfSlope(FloatVector x) {
    FloatVector e = VectorMath.expOfNonPositive(x.mul(x).mul(-0.5f));
    FloatVector tail = VectorMath.scaledErfc(x.abs().mul(SQRT_HALF)).mul(e).mul(0.5f);
    FloatVector phi = tail.blend(tail.neg().add(1f), x.compare(VectorOperators.GE, 0f));
    return x.fma(e.mul(DENSITY_AT_0), phi);
  }

  /** tanh GELU is x sigmoid(2 u) with u the argument of its tanh. */
  private static FloatVector argument(boolean cubic, FloatVector x) {
    if (!cubic) {
      return x.mul(QUICK_SLOPE);
    }
    FloatVector inner = x.mul(x).fma(all(2 * SQRT_2_OVER_PI * CUBIC), all(2 * SQRT_2_OVER_PI));
    return inner.mul(x);
  }

  private static FloatVector sigmoidSlope(boolean cubic, FloatVector x) {
    FloatVector v = argument(cubic, x);
    // The slope is s + x v' s (1 - s), where s (1 - s) = e / (1 + e)^2 has no cancellation.
    FloatVector e = VectorMath.expOfNonPositive(v.abs().neg());
    FloatVector r = all(1f).div(e.add(1f));
    FloatVector s = r.blend(r.mul(e), v.compare(VectorOperators.LT, 0f));
    FloatVector spread = r.mul(r).mul(e);
    FloatVector near = clamp(x);
    FloatVector slope =
        cubic
            ? near.mul(near).fma(all(6 * SQRT_2_OVER_PI * CUBIC), all(2 * SQRT_2_OVER_PI))
            : all(QUICK_SLOPE);
    return near.mul(slope).fma(spread, s);
  }

  /** Far out the spread is 0 already: the clamp keeps its factor finite. */
  private static FloatVector clamp(FloatVector x) {
    FloatVector low = x.blend(1e4f, x.compare(VectorOperators.GT, 1e4f));
    return low.blend(-1e4f, low.compare(VectorOperators.LT, -1e4f));
  }
}

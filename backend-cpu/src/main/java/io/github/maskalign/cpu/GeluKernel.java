package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.tensor.op.Gelu;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
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
  private static final float DENSITY_AT_0 = 0.398942280f;
  private static final float SQRT_2_OVER_PI = 0.797884561f;
  private static final float CUBIC = 0.044715f;
  private static final float QUICK_SLOPE = 1.702f;

  private final Workers workers;
  private final Scratch scratch;

  GeluKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
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
          backwardChunk(kind, x, xAt, g, gAt, dx, dxAt, length);
        });
  }

  /** One thread's part, for kernels that fuse the activation; addresses in bytes. */
  void forwardChunk(Gelu kind, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    int whole = n / L * L;
    forwardVectors(kind, x, xAt, y, yAt, whole);
    if (whole < n) {
      long bytes = 4L * (n - whole);
      MemorySegment tail = scratch.takeTail();
      MemorySegment.copy(x, xAt + 4L * whole, tail, 0, bytes);
      forwardVectors(kind, tail, 0, tail, 0, L);
      MemorySegment.copy(tail, 0, y, yAt + 4L * whole, bytes);
      scratch.give(tail);
    }
  }

  private void backwardChunk(
      Gelu kind,
      MemorySegment x,
      long xAt,
      MemorySegment g,
      long gAt,
      MemorySegment dx,
      long dxAt,
      int n) {
    int whole = n / L * L;
    backwardVectors(kind, x, xAt, g, gAt, dx, dxAt, whole);
    if (whole < n) {
      long bytes = 4L * (n - whole);
      MemorySegment tail = scratch.takeTail();
      MemorySegment.copy(x, xAt + 4L * whole, tail, 0, bytes);
      MemorySegment.copy(g, gAt + 4L * whole, tail, 4L * L, bytes);
      backwardVectors(kind, tail, 0, tail, 4L * L, tail, 0, L);
      MemorySegment.copy(tail, 0, dx, dxAt + 4L * whole, bytes);
      scratch.give(tail);
    }
  }

  // Loops over whole vectors, one a kind: a second copy of a function for the tail would take the
  // method over C2's node limit, and then every vector is boxed.
  private static void forwardVectors(
      Gelu kind, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    switch (kind) {
      case ERF -> erfForward(x, xAt, y, yAt, n);
      case TANH -> tanhForward(x, xAt, y, yAt, n);
      case QUICK -> quickForward(x, xAt, y, yAt, n);
    }
  }

  private static void backwardVectors(
      Gelu kind,
      MemorySegment x,
      long xAt,
      MemorySegment g,
      long gAt,
      MemorySegment dx,
      long dxAt,
      int n) {
    switch (kind) {
      case ERF -> erfBackward(x, xAt, g, gAt, dx, dxAt, n);
      case TANH -> tanhBackward(x, xAt, g, gAt, dx, dxAt, n);
      case QUICK -> quickBackward(x, xAt, g, gAt, dx, dxAt, n);
    }
  }

  // max(x, 0) - |x| Phi(-|x|) has no cancellation in the left tail.
  private static void erfForward(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, x, xAt + 4L * i, ORDER);
      FloatVector a = VectorMath.near(v.abs());
      FloatVector tail = VectorMath.tailOverBell(a).mul(VectorMath.bell(a));
      FloatVector positive = v.blend(0f, v.compare(VectorOperators.LT, 0f));
      a.neg().fma(tail, positive).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void erfBackward(
      MemorySegment x, long xAt, MemorySegment g, long gAt, MemorySegment dx, long dxAt, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, x, xAt + 4L * i, ORDER);
      FloatVector a = VectorMath.near(v.abs());
      FloatVector bell = VectorMath.bell(a);
      FloatVector tail = VectorMath.tailOverBell(a).mul(bell);
      // Both Phi and x density change as x does its sign.
      FloatVector slope = a.mul(-DENSITY_AT_0).fma(bell, tail);
      slope = slope.blend(broadcast(F32, 1f).sub(slope), v.compare(VectorOperators.GE, 0f));
      fromMemorySegment(F32, g, gAt + 4L * i, ORDER)
          .mul(slope)
          .intoMemorySegment(dx, dxAt + 4L * i, ORDER);
    }
  }

  private static void tanhForward(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, x, xAt + 4L * i, ORDER);
      v.mul(VectorMath.sigmoid(tanhArgument(v))).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void quickForward(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, x, xAt + 4L * i, ORDER);
      v.mul(VectorMath.sigmoid(v.mul(QUICK_SLOPE))).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
  }

  private static void tanhBackward(
      MemorySegment x, long xAt, MemorySegment g, long gAt, MemorySegment dx, long dxAt, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, x, xAt + 4L * i, ORDER);
      FloatVector near = clamp(v);
      FloatVector slope =
          near.mul(near)
              .fma(broadcast(F32, 6 * SQRT_2_OVER_PI * CUBIC), broadcast(F32, 2 * SQRT_2_OVER_PI));
      FloatVector d = sigmoidSlope(tanhArgument(v), near.mul(slope));
      fromMemorySegment(F32, g, gAt + 4L * i, ORDER)
          .mul(d)
          .intoMemorySegment(dx, dxAt + 4L * i, ORDER);
    }
  }

  private static void quickBackward(
      MemorySegment x, long xAt, MemorySegment g, long gAt, MemorySegment dx, long dxAt, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, x, xAt + 4L * i, ORDER);
      FloatVector d = sigmoidSlope(v.mul(QUICK_SLOPE), clamp(v).mul(QUICK_SLOPE));
      fromMemorySegment(F32, g, gAt + 4L * i, ORDER)
          .mul(d)
          .intoMemorySegment(dx, dxAt + 4L * i, ORDER);
    }
  }

  /** tanh GELU is x sigmoid(2 u) with u the argument of its tanh. */
  private static FloatVector tanhArgument(FloatVector x) {
    FloatVector inner =
        x.mul(x)
            .fma(broadcast(F32, 2 * SQRT_2_OVER_PI * CUBIC), broadcast(F32, 2 * SQRT_2_OVER_PI));
    return inner.mul(x);
  }

  /** Of x s with s = sigmoid(v): s + x v' s (1 - s), given v and x v'. */
  private static FloatVector sigmoidSlope(FloatVector v, FloatVector growth) {
    // s (1 - s) = e / (1 + e)^2 has no cancellation.
    FloatVector e = VectorMath.expOfNonPositive(v.abs().neg());
    FloatVector r = broadcast(F32, 1f).div(e.add(1f));
    FloatVector s = r.blend(r.mul(e), v.compare(VectorOperators.LT, 0f));
    return growth.fma(r.mul(r).mul(e), s);
  }

  /** Far out the spread is 0 already: the clamp keeps its factor finite. */
  private static FloatVector clamp(FloatVector x) {
    FloatVector low = x.blend(1e4f, x.compare(VectorOperators.GT, 1e4f));
    return low.blend(-1e4f, low.compare(VectorOperators.LT, -1e4f));
  }
}

package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.cpu.kernel.GeluKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.Gelu;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The Gaussian error linear unit; see {@link GeluKernel}. */
public final class VectorGelu extends GeluKernel {

  /** A kernel on the given threads. */
  public VectorGelu(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  public void forward(Gelu kind, Operand x, Operand y, long from, int n) {
    int whole = n / L * L;
    forwardVectors(kind, x, y, from, whole);
    if (whole < n) {
      long bytes = 4L * (n - whole);
      Operand tail = scratch.takeTail();
      MemorySegment.copy(x.segment(), x.at(from + whole), tail.segment(), 0, bytes);
      forwardVectors(kind, tail, tail, 0, L);
      MemorySegment.copy(tail.segment(), 0, y.segment(), y.at(from + whole), bytes);
      scratch.give(tail);
    }
  }

  @Override
  protected void backward(Gelu kind, Operand x, Operand g, Operand dx, long from, int n) {
    int whole = n / L * L;
    backwardVectors(kind, x, g, dx, from, whole);
    if (whole < n) {
      long bytes = 4L * (n - whole);
      Operand tail = scratch.takeTail();
      Operand tailG = new Operand(tail.segment(), L);
      MemorySegment.copy(x.segment(), x.at(from + whole), tail.segment(), 0, bytes);
      MemorySegment.copy(g.segment(), g.at(from + whole), tail.segment(), 4L * L, bytes);
      backwardVectors(kind, tail, tailG, tail, 0, L);
      MemorySegment.copy(tail.segment(), 0, dx.segment(), dx.at(from + whole), bytes);
      scratch.give(tail);
    }
  }

  // Loops over whole vectors, one per kind: a second copy of a function for the tail would take the
  // method over C2's node limit, and then every vector is boxed.
  private static void forwardVectors(Gelu kind, Operand x, Operand y, long from, int n) {
    switch (kind) {
      case ERF -> erfForward(x, y, from, n);
      case TANH -> tanhForward(x, y, from, n);
      case QUICK -> quickForward(x, y, from, n);
    }
  }

  private static void backwardVectors(
      Gelu kind, Operand x, Operand g, Operand dx, long from, int n) {
    switch (kind) {
      case ERF -> erfBackward(x, g, dx, from, n);
      case TANH -> tanhBackward(x, g, dx, from, n);
      case QUICK -> quickBackward(x, g, dx, from, n);
    }
  }

  // max(x, 0) - |x| Phi(-|x|) has no cancellation in the left tail.
  private static void erfForward(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, xs, xAt + 4L * i, ORDER);
      FloatVector a = VectorMath.near(v.abs());
      FloatVector tail = VectorMath.tailOverBell(a).mul(VectorMath.bell(a));
      FloatVector positive = v.blend(0f, v.compare(VectorOperators.LT, 0f));
      a.neg().fma(tail, positive).intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void erfBackward(Operand x, Operand g, Operand dx, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment gs = g.segment();
    long gAt = g.at(from);
    MemorySegment dxs = dx.segment();
    long dxAt = dx.at(from);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, xs, xAt + 4L * i, ORDER);
      FloatVector a = VectorMath.near(v.abs());
      FloatVector bell = VectorMath.bell(a);
      FloatVector tail = VectorMath.tailOverBell(a).mul(bell);
      // Phi(-x) = 1 - Phi(x), and x times the density is odd.
      FloatVector slope = a.mul(-DENSITY_AT_0).fma(bell, tail);
      slope = slope.blend(broadcast(F32, 1f).sub(slope), v.compare(VectorOperators.GE, 0f));
      fromMemorySegment(F32, gs, gAt + 4L * i, ORDER)
          .mul(slope)
          .intoMemorySegment(dxs, dxAt + 4L * i, ORDER);
    }
  }

  private static void tanhForward(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, xs, xAt + 4L * i, ORDER);
      v.mul(VectorMath.sigmoid(tanhArgument(v))).intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void quickForward(Operand x, Operand y, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ys = y.segment();
    long yAt = y.at(from);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, xs, xAt + 4L * i, ORDER);
      v.mul(VectorMath.sigmoid(v.mul(QUICK_SLOPE))).intoMemorySegment(ys, yAt + 4L * i, ORDER);
    }
  }

  private static void tanhBackward(Operand x, Operand g, Operand dx, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment gs = g.segment();
    long gAt = g.at(from);
    MemorySegment dxs = dx.segment();
    long dxAt = dx.at(from);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, xs, xAt + 4L * i, ORDER);
      FloatVector near = clamp(v);
      FloatVector slope =
          near.mul(near)
              .fma(broadcast(F32, 6 * SQRT_2_OVER_PI * CUBIC), broadcast(F32, 2 * SQRT_2_OVER_PI));
      FloatVector d = sigmoidSlope(tanhArgument(v), near.mul(slope));
      fromMemorySegment(F32, gs, gAt + 4L * i, ORDER)
          .mul(d)
          .intoMemorySegment(dxs, dxAt + 4L * i, ORDER);
    }
  }

  private static void quickBackward(Operand x, Operand g, Operand dx, long from, int n) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment gs = g.segment();
    long gAt = g.at(from);
    MemorySegment dxs = dx.segment();
    long dxAt = dx.at(from);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromMemorySegment(F32, xs, xAt + 4L * i, ORDER);
      FloatVector d = sigmoidSlope(v.mul(QUICK_SLOPE), clamp(v).mul(QUICK_SLOPE));
      fromMemorySegment(F32, gs, gAt + 4L * i, ORDER)
          .mul(d)
          .intoMemorySegment(dxs, dxAt + 4L * i, ORDER);
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

  /** Far from 0 the sigmoid's derivative is 0: the clamp keeps its factor finite. */
  private static FloatVector clamp(FloatVector x) {
    FloatVector low = x.blend(1e4f, x.compare(VectorOperators.GT, 1e4f));
    return low.blend(-1e4f, low.compare(VectorOperators.LT, -1e4f));
  }
}

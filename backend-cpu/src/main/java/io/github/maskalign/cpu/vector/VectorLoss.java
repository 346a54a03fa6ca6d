package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.cpu.kernel.LossKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Losses and their gradients; see {@link LossKernel}. */
public final class VectorLoss extends LossKernel {

  /** A kernel on the given threads. */
  public VectorLoss(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected double smoothL1(Operand a, Operand b, float beta, long from, int n) {
    double sum = 0;
    float[] lanes = scratch.takeFloats(L);
    for (int i = 0; i < n; i += VectorReduce.BLOCK) {
      smoothL1Lanes(a, b, from + i, beta, Math.min(VectorReduce.BLOCK, n - i), lanes);
      sum += Lanes.sum(lanes, 0);
    }
    scratch.give(lanes);
    return sum;
  }

  private static void smoothL1Lanes(
      Operand a, Operand b, long from, float beta, int n, float[] lanes) {
    MemorySegment as = a.segment();
    long aAt = a.at(from);
    MemorySegment bs = b.segment();
    long bAt = b.at(from);
    FloatVector s = zero(F32);
    float inverse = 1 / beta;
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, as, aAt + 4L * i, ORDER);
      FloatVector q = fromMemorySegment(F32, bs, bAt + 4L * i, ORDER);
      FloatVector d = p.sub(q).abs();
      FloatVector near = d.mul(d).mul(0.5f).mul(inverse);
      s = s.add(d.sub(beta / 2).blend(near, d.compare(VectorOperators.LT, beta)));
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, as, aAt + 4L * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, bs, bAt + 4L * i, ORDER, m);
      FloatVector d = p.sub(q).abs();
      FloatVector near = d.mul(d).mul(0.5f).mul(inverse);
      s = s.add(d.sub(beta / 2).blend(near, d.compare(VectorOperators.LT, beta)), m);
    }
    s.intoArray(lanes, 0);
  }

  @Override
  protected void smoothL1Grad(
      Operand a, Operand b, float beta, float scale, Operand da, long from, int n) {
    MemorySegment as = a.segment();
    long aAt = a.at(from);
    MemorySegment bs = b.segment();
    long bAt = b.at(from);
    MemorySegment das = da.segment();
    long daAt = da.at(from);
    float scaled = scale / beta;
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector p = fromMemorySegment(F32, as, aAt + 4L * i, ORDER);
      FloatVector q = fromMemorySegment(F32, bs, bAt + 4L * i, ORDER);
      FloatVector d = p.sub(q);
      // NaN satisfies none of the three comparisons and passes through the product.
      d.mul(scaled)
          .blend(scale, d.compare(VectorOperators.GE, beta))
          .blend(-scale, d.compare(VectorOperators.LE, -beta))
          .blend(0f, d.compare(VectorOperators.EQ, 0f))
          .intoMemorySegment(das, daAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector p = fromMemorySegment(F32, as, aAt + 4L * i, ORDER, m);
      FloatVector q = fromMemorySegment(F32, bs, bAt + 4L * i, ORDER, m);
      FloatVector d = p.sub(q);
      d.mul(scaled)
          .blend(scale, d.compare(VectorOperators.GE, beta))
          .blend(-scale, d.compare(VectorOperators.LE, -beta))
          .blend(0f, d.compare(VectorOperators.EQ, 0f))
          .intoMemorySegment(das, daAt + 4L * i, ORDER, m);
    }
  }

  @Override
  protected void crossEntropy(Operand x, Operand t, int row, int rows, int n, double[] losses) {
    float[] s = scratch.takeFloats(SoftmaxRows.scratch(1));
    for (int r = row; r < row + rows; r++) {
      losses[r] = crossEntropy(x, t, (long) r * n, n, s);
    }
    scratch.give(s);
  }

  private static double crossEntropy(Operand x, Operand t, long from, int n, float[] s) {
    MemorySegment xs = x.segment();
    long xAt = x.at(from);
    MemorySegment ts = t.segment();
    long tAt = t.at(from);
    SoftmaxRows.maxima(x, from, 1, n, s);
    FloatVector max = broadcast(F32, s[0]);
    SoftmaxRows.sumsOfExponentials(x, from, 1, n, s);
    FloatVector logSum = broadcast(F32, (float) Math.log(s[0]));
    FloatVector sum = zero(F32);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector v = fromMemorySegment(F32, xs, xAt + 4L * i, ORDER);
      FloatVector share = fromMemorySegment(F32, ts, tAt + 4L * i, ORDER);
      sum = sum.add(logSum.sub(v.sub(max)).mul(share));
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector v = fromMemorySegment(F32, xs, xAt + 4L * i, ORDER, m);
      FloatVector share = fromMemorySegment(F32, ts, tAt + 4L * i, ORDER, m);
      sum = sum.add(logSum.sub(v.sub(max)).mul(share), m);
    }
    sum.intoArray(s, 0);
    return Lanes.sum(s, 0);
  }

  @Override
  protected void crossEntropyGrad(
      Operand x, Operand t, float factor, Operand dx, long row, int rows, int n) {
    float[] s = scratch.takeFloats(SoftmaxRows.scratch(1));
    for (long r = row; r < row + rows; r++) {
      crossEntropyGrad(x, t, factor, dx, r * n, n, s);
    }
    scratch.give(s);
  }

  private static void crossEntropyGrad(
      Operand x, Operand t, float factor, Operand dx, long from, int n, float[] s) {
    MemorySegment ts = t.segment();
    long tAt = t.at(from);
    MemorySegment dxs = dx.segment();
    long dxAt = dx.at(from);
    double shares = VectorReduce.sum(t, from, n, s, 0);
    SoftmaxRows.maxima(x, from, 1, n, s);
    SoftmaxRows.exponentials(x, dx, from, 1, n, s);
    FloatVector weight = broadcast(F32, (float) (shares / s[0]));
    FloatVector scale = broadcast(F32, factor);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector e = fromMemorySegment(F32, dxs, dxAt + 4L * i, ORDER);
      FloatVector d = e.mul(weight).sub(fromMemorySegment(F32, ts, tAt + 4L * i, ORDER));
      d.mul(scale).intoMemorySegment(dxs, dxAt + 4L * i, ORDER);
    }
    if (i < n) {
      VectorMask<Float> m = F32.indexInRange(0, n - i);
      FloatVector e = fromMemorySegment(F32, dxs, dxAt + 4L * i, ORDER, m);
      FloatVector d = e.mul(weight).sub(fromMemorySegment(F32, ts, tAt + 4L * i, ORDER, m));
      d.mul(scale).intoMemorySegment(dxs, dxAt + 4L * i, ORDER, m);
    }
  }
}

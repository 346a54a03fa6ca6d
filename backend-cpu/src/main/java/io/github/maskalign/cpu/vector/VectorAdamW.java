package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.cpu.kernel.AdamWKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** The optimizer's update; see {@link AdamWKernel}. */
public final class VectorAdamW extends AdamWKernel {

  /** A kernel on the given threads. */
  public VectorAdamW(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void update(Slot slot, long from, int n, Factors factors) {
    int whole = n / L * L;
    vectors(slot, from, whole, factors);
    if (whole < n) {
      tail(slot, from + whole, 4L * (n - whole), factors);
    }
  }

  private void tail(Slot slot, long from, long bytes, Factors factors) {
    Operand tail = scratch.takeTail();
    MemorySegment s = tail.segment();
    Slot copy =
        new Slot(tail, new Operand(s, L), new Operand(s, 2L * L), new Operand(s, 3L * L), L);
    move(slot.p(), from, copy.p(), 0, bytes);
    move(slot.m(), from, copy.m(), 0, bytes);
    move(slot.v(), from, copy.v(), 0, bytes);
    move(slot.g(), from, copy.g(), 0, bytes);
    vectors(copy, 0, L, factors);
    move(copy.p(), 0, slot.p(), from, bytes);
    move(copy.m(), 0, slot.m(), from, bytes);
    move(copy.v(), 0, slot.v(), from, bytes);
    scratch.give(tail);
  }

  private static void move(Operand x, long xFrom, Operand y, long yFrom, long bytes) {
    MemorySegment.copy(x.segment(), x.at(xFrom), y.segment(), y.at(yFrom), bytes);
  }

  // Whole vectors only: with the tail in the same method, C1 runs out of registers and leaves
  // the method to the interpreter.
  private static void vectors(Slot slot, long from, int n, Factors factors) {
    MemorySegment ps = slot.p().segment();
    long pAt = slot.p().at(from);
    MemorySegment ms = slot.m().segment();
    long mAt = slot.m().at(from);
    MemorySegment vs = slot.v().segment();
    long vAt = slot.v().at(from);
    MemorySegment gs = slot.g().segment();
    long gAt = slot.g().at(from);
    float scale = factors.gradient();
    float keep = factors.keep();
    float rate = factors.rate();
    float beta1 = factors.beta1();
    float rest1 = factors.rest1();
    float beta2 = factors.beta2();
    float rest2 = factors.rest2();
    float inverseRoot = factors.inverseRoot();
    float eps = factors.eps();
    for (int i = 0; i < n; i += L) {
      FloatVector g = fromMemorySegment(F32, gs, gAt + 4L * i, ORDER).mul(scale);
      FloatVector m = fromMemorySegment(F32, ms, mAt + 4L * i, ORDER).mul(beta1).add(g.mul(rest1));
      FloatVector v =
          fromMemorySegment(F32, vs, vAt + 4L * i, ORDER).mul(beta2).add(g.mul(rest2).mul(g));
      FloatVector step =
          m.mul(rate).div(v.sqrt().fma(broadcast(F32, inverseRoot), broadcast(F32, eps)));
      m.intoMemorySegment(ms, mAt + 4L * i, ORDER);
      v.intoMemorySegment(vs, vAt + 4L * i, ORDER);
      fromMemorySegment(F32, ps, pAt + 4L * i, ORDER)
          .fma(broadcast(F32, keep), step)
          .intoMemorySegment(ps, pAt + 4L * i, ORDER);
    }
  }
}

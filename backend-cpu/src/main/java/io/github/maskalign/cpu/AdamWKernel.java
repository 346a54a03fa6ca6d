package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.tensor.AdamWSettings;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * AdamW (Loshchilov and Hutter, 2019), one pass over parameter p, moments m and v, and gradient g:
 *
 * <pre>
 * p *= 1 - lr decay;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 * p -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 * </pre>
 */
final class AdamWKernel {
  /**
   * One parameter of n contiguous elements; offsets in elements; p, m and v are updated; step
   * counts the parameter's updates from 1.
   */
  record Slot(
      MemorySegment p,
      long pOffset,
      MemorySegment m,
      long mOffset,
      MemorySegment v,
      long vOffset,
      MemorySegment g,
      long gOffset,
      long n,
      double lr,
      double weightDecay,
      long step) {}

  /** What the update of one parameter multiplies by, in single precision. */
  private record Factors(
      float gradient,
      float keep,
      float rate,
      float beta1,
      float rest1,
      float beta2,
      float rest2,
      float root,
      float eps) {

    static Factors of(Slot slot, AdamWSettings settings) {
      return new Factors(
          (float) settings.gradientScale(),
          (float) (1 - slot.lr * slot.weightDecay),
          (float) (-slot.lr / settings.correction1(slot.step)),
          (float) settings.beta1(),
          (float) (1 - settings.beta1()),
          (float) settings.beta2(),
          (float) (1 - settings.beta2()),
          (float) (1 / Math.sqrt(settings.correction2(slot.step))),
          (float) settings.eps());
    }
  }

  private final Workers workers;
  private final Scratch scratch;

  AdamWKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }

  /** Updates every slot, with g multiplied by gradientScale. */
  void update(List<Slot> slots, AdamWSettings settings) {
    // First task of each slot, so that tiny and huge parameters share one parallel loop.
    int[] start = new int[slots.size() + 1];
    for (int s = 0; s < slots.size(); s++) {
      start[s + 1] = Math.addExact(start[s], Chunks.count(slots.get(s).n(), Chunks.ELEMENTS));
    }
    Factors[] factors = new Factors[slots.size()];
    Arrays.setAll(factors, s -> Factors.of(slots.get(s), settings));
    workers.run(
        start[slots.size()],
        task -> {
          int s = Chunks.owner(start, task);
          Slot slot = slots.get(s);
          int chunk = task - start[s];
          long from = (long) chunk * Chunks.ELEMENTS;
          chunk(slot, 4 * from, Chunks.length(slot.n(), Chunks.ELEMENTS, chunk), factors[s]);
        });
  }

  private void chunk(Slot slot, long from, int n, Factors factors) {
    int whole = n / L * L;
    vectors(
        slot.p(),
        4 * slot.pOffset() + from,
        slot.m(),
        4 * slot.mOffset() + from,
        slot.v(),
        4 * slot.vOffset() + from,
        slot.g(),
        4 * slot.gOffset() + from,
        whole,
        factors);
    if (whole < n) {
      tail(slot, from + 4L * whole, 4L * (n - whole), factors);
    }
  }

  private void tail(Slot slot, long from, long bytes, Factors factors) {
    long vector = 4L * L;
    MemorySegment tail = scratch.takeTail();
    MemorySegment.copy(slot.p(), 4 * slot.pOffset() + from, tail, 0, bytes);
    MemorySegment.copy(slot.m(), 4 * slot.mOffset() + from, tail, vector, bytes);
    MemorySegment.copy(slot.v(), 4 * slot.vOffset() + from, tail, 2 * vector, bytes);
    MemorySegment.copy(slot.g(), 4 * slot.gOffset() + from, tail, 3 * vector, bytes);
    vectors(tail, 0, tail, vector, tail, 2 * vector, tail, 3 * vector, L, factors);
    MemorySegment.copy(tail, 0, slot.p(), 4 * slot.pOffset() + from, bytes);
    MemorySegment.copy(tail, vector, slot.m(), 4 * slot.mOffset() + from, bytes);
    MemorySegment.copy(tail, 2 * vector, slot.v(), 4 * slot.vOffset() + from, bytes);
    scratch.give(tail);
  }

  // Whole vectors only: with the tail in the same method, C1 runs out of registers, gives the
  // method up and leaves it to the interpreter.
  private static void vectors(
      MemorySegment ps,
      long pAt,
      MemorySegment ms,
      long mAt,
      MemorySegment vs,
      long vAt,
      MemorySegment gs,
      long gAt,
      int n,
      Factors factors) {
    float scale = factors.gradient;
    float keep = factors.keep;
    float rate = factors.rate;
    float beta1 = factors.beta1;
    float rest1 = factors.rest1;
    float beta2 = factors.beta2;
    float rest2 = factors.rest2;
    float root = factors.root;
    float eps = factors.eps;
    for (int i = 0; i < n; i += L) {
      FloatVector g = fromMemorySegment(F32, gs, gAt + 4L * i, ORDER).mul(scale);
      FloatVector m = fromMemorySegment(F32, ms, mAt + 4L * i, ORDER).mul(beta1).add(g.mul(rest1));
      FloatVector v =
          fromMemorySegment(F32, vs, vAt + 4L * i, ORDER).mul(beta2).add(g.mul(rest2).mul(g));
      FloatVector step = m.mul(rate).div(v.sqrt().fma(broadcast(F32, root), broadcast(F32, eps)));
      m.intoMemorySegment(ms, mAt + 4L * i, ORDER);
      v.intoMemorySegment(vs, vAt + 4L * i, ORDER);
      fromMemorySegment(F32, ps, pAt + 4L * i, ORDER)
          .fma(broadcast(F32, keep), step)
          .intoMemorySegment(ps, pAt + 4L * i, ORDER);
    }
  }
}

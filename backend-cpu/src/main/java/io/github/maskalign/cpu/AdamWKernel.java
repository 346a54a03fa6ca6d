package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.all;
import static io.github.maskalign.cpu.Mem.first;
import static io.github.maskalign.cpu.Mem.load;
import static io.github.maskalign.cpu.Mem.store;

import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * AdamW (Loshchilov and Hutter, 2019), one pass over parameter p, moments m and v, and gradient g:
 *
 * <pre>
 * p *= 1 - lr decay;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 * p -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 * </pre>
 */
final class AdamWKernel {
  /** One parameter of n contiguous elements; offsets in elements; p, m and v are updated. */
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
      double weightDecay) {}

  private final Workers workers;

  AdamWKernel(Workers workers) {
    this.workers = workers;
  }

  /** Updates every slot; step counts from 1. */
  void update(List<Slot> slots, double beta1, double beta2, double eps, long step) {
    // First task of each slot, so that tiny and huge parameters share one parallel loop.
    int[] start = new int[slots.size() + 1];
    for (int s = 0; s < slots.size(); s++) {
      start[s + 1] = Math.addExact(start[s], Chunks.count(slots.get(s).n(), Chunks.ELEMENTS));
    }
    double correction1 = 1 - Math.pow(beta1, step);
    double correction2 = Math.sqrt(1 - Math.pow(beta2, step));
    workers.run(
        start[slots.size()],
        task -> {
          int s = Chunks.owner(start, task);
          Slot slot = slots.get(s);
          int chunk = task - start[s];
          long from = (long) chunk * Chunks.ELEMENTS;
          chunk(
              slot,
              4 * from,
              Chunks.length(slot.n(), Chunks.ELEMENTS, chunk),
              (float) (1 - slot.lr() * slot.weightDecay()),
              (float) (-slot.lr() / correction1),
              (float) beta1,
              (float) (1 - beta1),
              (float) beta2,
              (float) (1 - beta2),
              (float) (1 / correction2),
              (float) eps);
        });
  }

  private static void chunk(
      Slot slot,
      long from,
      int n,
      float keep,
      float rate,
      float beta1,
      float rest1,
      float beta2,
      float rest2,
      float scale,
      float eps) {
    MemorySegment ps = slot.p();
    MemorySegment ms = slot.m();
    MemorySegment vs = slot.v();
    MemorySegment gs = slot.g();
    long pAt = 4 * slot.pOffset() + from;
    long mAt = 4 * slot.mOffset() + from;
    long vAt = 4 * slot.vOffset() + from;
    long gAt = 4 * slot.gOffset() + from;
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector g = load(gs, gAt + 4L * i);
      FloatVector m = load(ms, mAt + 4L * i).mul(beta1).add(g.mul(rest1));
      FloatVector v = load(vs, vAt + 4L * i).mul(beta2).add(g.mul(rest2).mul(g));
      FloatVector step = m.mul(rate).div(v.sqrt().fma(all(scale), all(eps)));
      store(m, ms, mAt + 4L * i);
      store(v, vs, vAt + 4L * i);
      store(load(ps, pAt + 4L * i).fma(all(keep), step), ps, pAt + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> tail = first(n - i);
      FloatVector g = load(gs, gAt + 4L * i, tail);
      FloatVector m = load(ms, mAt + 4L * i, tail).mul(beta1).add(g.mul(rest1));
      FloatVector v = load(vs, vAt + 4L * i, tail).mul(beta2).add(g.mul(rest2).mul(g));
      FloatVector step = m.mul(rate).div(v.sqrt().fma(all(scale), all(eps)));
      store(m, ms, mAt + 4L * i, tail);
      store(v, vs, vAt + 4L * i, tail);
      FloatVector p = load(ps, pAt + 4L * i, tail).fma(all(keep), step);
      store(p, ps, pAt + 4L * i, tail);
    }
  }
}

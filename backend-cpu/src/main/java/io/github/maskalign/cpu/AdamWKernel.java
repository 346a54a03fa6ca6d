package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Host.offset;
import static io.github.maskalign.cpu.Host.segment;
import static io.github.maskalign.cpu.Mem.F32;
import static io.github.maskalign.cpu.Mem.L;
import static io.github.maskalign.cpu.Mem.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;
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

    static Factors of(AdamWSlot slot, AdamWSettings settings) {
      return new Factors(
          (float) settings.gradientScale(),
          (float) (1 - slot.learningRate() * slot.weightDecay()),
          (float) (-slot.learningRate() / settings.correction1(slot.step())),
          (float) settings.beta1(),
          (float) (1 - settings.beta1()),
          (float) settings.beta2(),
          (float) (1 - settings.beta2()),
          (float) (1 / Math.sqrt(settings.correction2(slot.step()))),
          (float) settings.eps());
    }
  }

  private final Workers workers;
  private final Scratch scratch;

  AdamWKernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }

  /** Updates every slot of F32 tensors, with g multiplied by gradientScale. */
  void update(List<AdamWSlot> slots, AdamWSettings settings) {
    // First task of each slot, so that tiny and huge parameters share one parallel loop.
    int[] start = new int[slots.size() + 1];
    for (int s = 0; s < slots.size(); s++) {
      start[s + 1] =
          Math.addExact(start[s], Chunks.count(slots.get(s).parameter().size(), Chunks.ELEMENTS));
    }
    Factors[] factors = new Factors[slots.size()];
    for (int s = 0; s < factors.length; s++) {
      boolean again = s > 0 && alike(slots.get(s - 1), slots.get(s));
      factors[s] = again ? factors[s - 1] : Factors.of(slots.get(s), settings);
    }
    workers.run(
        start[slots.size()],
        task -> {
          int s = Chunks.owner(start, task);
          AdamWSlot slot = slots.get(s);
          int chunk = task - start[s];
          long from = (long) chunk * Chunks.ELEMENTS;
          int n = Chunks.length(slot.parameter().size(), Chunks.ELEMENTS, chunk);
          chunk(slot, 4 * from, n, factors[s]);
        });
  }

  /** Whether two parameters are updated by the same factors. */
  private static boolean alike(AdamWSlot a, AdamWSlot b) {
    return a.learningRate() == b.learningRate()
        && a.weightDecay() == b.weightDecay()
        && a.step() == b.step();
  }

  private static long at(Tensor x, long from) {
    return 4 * offset(x) + from;
  }

  private void chunk(AdamWSlot slot, long from, int n, Factors factors) {
    int whole = n / L * L;
    vectors(
        segment(slot.parameter()),
        at(slot.parameter(), from),
        segment(slot.mean()),
        at(slot.mean(), from),
        segment(slot.square()),
        at(slot.square(), from),
        segment(slot.gradient()),
        at(slot.gradient(), from),
        whole,
        factors);
    if (whole < n) {
      tail(slot, from + 4L * whole, 4L * (n - whole), factors);
    }
  }

  private void tail(AdamWSlot slot, long from, long bytes, Factors factors) {
    long vector = 4L * L;
    MemorySegment tail = scratch.takeTail();
    MemorySegment.copy(segment(slot.parameter()), at(slot.parameter(), from), tail, 0, bytes);
    MemorySegment.copy(segment(slot.mean()), at(slot.mean(), from), tail, vector, bytes);
    MemorySegment.copy(segment(slot.square()), at(slot.square(), from), tail, 2 * vector, bytes);
    MemorySegment.copy(
        segment(slot.gradient()), at(slot.gradient(), from), tail, 3 * vector, bytes);
    vectors(tail, 0, tail, vector, tail, 2 * vector, tail, 3 * vector, L, factors);
    MemorySegment.copy(tail, 0, segment(slot.parameter()), at(slot.parameter(), from), bytes);
    MemorySegment.copy(tail, vector, segment(slot.mean()), at(slot.mean(), from), bytes);
    MemorySegment.copy(tail, 2 * vector, segment(slot.square()), at(slot.square(), from), bytes);
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

package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import java.util.List;

/**
 * AdamW (Loshchilov and Hutter, 2019), one pass over parameter p, moments m and v, and gradient g:
 *
 * <pre>
 * p *= 1 - lr decay;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 * p -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 * </pre>
 */
public abstract class AdamWKernel extends Kernel {
  /** A kernel on the given threads, with the given scratch memory. */
  protected AdamWKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /** The memory of one parameter. */
  public record Slot(Operand p, Operand m, Operand v, Operand g, long n) {
    private static Slot of(AdamWSlot slot) {
      return new Slot(
          Operand.of(slot.parameter()),
          Operand.of(slot.mean()),
          Operand.of(slot.square()),
          Operand.of(slot.gradient()),
          slot.parameter().size());
    }
  }

  /** Factors of the update of one parameter, in single precision. */
  public record Factors(
      float gradient,
      float keep,
      float rate,
      float beta1,
      float rest1,
      float beta2,
      float rest2,
      float inverseRoot,
      float eps) {

    private static Factors of(AdamWSlot slot, AdamWSettings settings) {
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

  /** Updates every slot of F32 tensors, with g multiplied by gradientScale. */
  public final void update(List<AdamWSlot> slots, AdamWSettings settings) {
    // First task of each slot, so that tiny and huge parameters share one parallel loop.
    int[] start = new int[slots.size() + 1];
    Slot[] memory = new Slot[slots.size()];
    Factors[] factors = new Factors[slots.size()];
    for (int s = 0; s < factors.length; s++) {
      memory[s] = Slot.of(slots.get(s));
      start[s + 1] = Math.addExact(start[s], Chunks.count(memory[s].n(), Chunks.ELEMENTS));
      boolean same = s > 0 && haveSameFactors(slots.get(s - 1), slots.get(s));
      factors[s] = same ? factors[s - 1] : Factors.of(slots.get(s), settings);
    }
    workers.run(
        start[slots.size()],
        task -> {
          int s = Chunks.owner(start, task);
          int chunk = task - start[s];
          int n = Chunks.length(memory[s].n(), Chunks.ELEMENTS, chunk);
          update(memory[s], (long) chunk * Chunks.ELEMENTS, n, factors[s]);
        });
  }

  private static boolean haveSameFactors(AdamWSlot a, AdamWSlot b) {
    return a.learningRate() == b.learningRate()
        && a.weightDecay() == b.weightDecay()
        && a.step() == b.step();
  }

  /** Updates n elements of one parameter from an index on, in one thread. */
  protected abstract void update(Slot slot, long from, int n, Factors factors);
}

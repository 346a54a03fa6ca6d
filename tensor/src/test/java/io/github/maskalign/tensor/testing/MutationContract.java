package io.github.maskalign.tensor.testing;

import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Operations that update memory in place change no other memory. */
public abstract class MutationContract extends BackendContract {

  private static final AdamWSettings SETTINGS = new AdamWSettings(0.9, 0.95, 1e-8, 0.5);

  @Property(tries = 60)
  void accumulate(@ForAll("shapes") int[] dims, @ForAll long seed) {
    checkAccumulate(seed, dims);
  }

  private void checkAccumulate(long seed, int... dims) {
    checkAll(
        (o, in) -> {
          Tensor target = in.get(0);
          o.scope().backend().accumulate(o, target, -0.3, in.get(1));
          return List.of(target, in.get(1));
        },
        Operand.normal(seed, dims),
        Operand.normal(seed + 1, dims));
  }

  @Example
  void accumulateManyElements() {
    checkAccumulate(1, 70_001);
  }

  @Example
  void accumulateInsideALargerTensor() {
    checkAll(
        (o, in) -> {
          Tensor window = o.slice(in.get(0), 0, 2, 5);
          o.scope().backend().accumulate(o, window, 2, in.get(1));
          return List.of(in.get(0));
        },
        Operand.normal(1, 9, 7),
        Operand.normal(2, 3, 7));
  }

  /** Several parameters of different sizes, rates and ages in one pass, twice over. */
  @Property(tries = 60)
  void adamW(
      @ForAll("shapes") int[] dims,
      @ForAll("rows") int[] others,
      @ForAll @LongRange(min = 1, max = 5_000) long step,
      @ForAll long seed) {
    checkAdamW(step, seed, dims, others);
  }

  private void checkAdamW(long step, long seed, int[]... shapes) {
    Operand[] operands = new Operand[4 * shapes.length];
    for (int i = 0; i < shapes.length; i++) {
      for (int j = 0; j < 4; j++) {
        Operand x = Operand.normal(seed + 4 * i + j, shapes[i]);
        operands[4 * i + j] = j == 3 ? x.positive() : x;
      }
    }
    checkAll((o, in) -> adamW(o.scope().backend(), o, in, step), operands);
  }

  private static List<Tensor> adamW(Backend backend, Eager o, List<Tensor> in, long step) {
    for (long pass = step; pass < step + 2; pass++) {
      List<AdamWSlot> slots = new ArrayList<>();
      for (int i = 0; i < in.size(); i += 4) {
        double rate = i == 0 ? 0.01 : 0.002;
        double decay = i == 0 ? 0.05 : 0;
        long age = i == 0 ? pass : pass + 7;
        slots.add(
            new AdamWSlot(
                in.get(i), in.get(i + 1), in.get(i + 2), in.get(i + 3), rate, decay, age));
      }
      backend.adamW(o, slots, SETTINGS);
    }
    return in;
  }

  @Example
  void adamWOfManyElements() {
    checkAdamW(1, 1, new int[] {401, 173}, new int[] {7});
  }

  /** The first step from moments of zero: the biggest corrections. */
  @Example
  void adamWFromZero() {
    Operand zero = Operand.of(new double[19], 19);
    checkAll(
        (o, in) -> adamW(o.scope().backend(), o, in, 1),
        Operand.normal(1, 19),
        Operand.normal(2, 19),
        zero,
        zero);
  }
}

package io.github.maskalign.cpu;

import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** One pass over the parameters of a block of a ViT, its matrices and vectors. */
public class AdamWBenchmark extends KernelBenchmark {

  /** Length of a token. */
  @Param({"192", "384", "768"})
  public int width;

  private final List<AdamWSlot> slots = new ArrayList<>();
  private final AdamWSettings settings = new AdamWSettings(0.9, 0.95, 1e-8, 1);

  @Override
  protected void operands() {
    slots.clear();
    add(3 * width, width);
    add(width, width);
    add(4 * width, width);
    add(width, 4 * width);
    for (int i = 0; i < 13; i++) {
      add(1, width);
    }
  }

  private void add(int rows, int columns) {
    Eager eager = scope().eager();
    Tensor parameter = random(rows, columns);
    Tensor mean = eager.affine(parameter, 0, 0);
    Tensor square = eager.affine(parameter, 0, 0);
    slots.add(new AdamWSlot(parameter, random(rows, columns), mean, square, 1e-4, 0.05, 1));
  }

  /** The pass; the parameters move. */
  @Benchmark
  public void pass() {
    call(eager -> eager.scope().backend().adamW(eager, slots, settings));
  }
}

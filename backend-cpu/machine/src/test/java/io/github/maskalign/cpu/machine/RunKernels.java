package io.github.maskalign.cpu.machine;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import java.lang.foreign.Arena;
import java.util.Random;

/** Runs every kernel on panels of random shapes and prints how many agreed. */
final class RunKernels {

  private RunKernels() {}

  /** Argument: the number of panels. */
  public static void main(String[] args) {
    Random random = new Random(2);
    int panels = Integer.parseInt(args[0]);
    for (Bf16Kernel kernel : Kernels.all()) {
      for (int i = 0; i < panels; i++) {
        Panel.Values values = new RandomValues(RandomValues.Kind.ORDINARY, i);
        int rows = 1 + random.nextInt(40);
        int terms = 8 + 8 * random.nextInt(25);
        try (Arena arena = Arena.ofConfined()) {
          new Panel(rows, terms, i % 3, i % 5, Panel.Addend.RESULT, values, arena::allocate)
              .check(kernel);
        }
      }
      System.out.println(panels + " equal");
    }
  }
}

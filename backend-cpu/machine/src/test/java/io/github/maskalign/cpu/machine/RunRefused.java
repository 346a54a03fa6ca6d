package io.github.maskalign.cpu.machine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.Bf16Rung;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Prints why the rungs are refused, in a process that is denied what they need. */
final class RunRefused {

  private static final int PR_SET_MDWE = 65;
  private static final long PR_MDWE_REFUSE_EXEC_GAIN = 1;

  private RunRefused() {}

  /**
   * Argument: {@code memory} forbids memory to become executable from now on, after the kernel for
   * AVX2 was opened, and runs that kernel.
   */
  public static void main(String[] args) throws Throwable {
    if (args.length > 0 && args[0].equals("memory")) {
      Bf16Kernel before = Kernels.of(MachineRung.ALL.getLast());
      System.out.println("prctl " + forbid());
      print();
      try (Arena arena = Arena.ofConfined()) {
        Panel.Values values = new RandomValues(RandomValues.Kind.ORDINARY, 1);
        new Panel(20, 64, 0, 0, Panel.Addend.ROW, values, arena::allocate).check(before);
      }
      System.out.println("the kernel from before runs");
    } else {
      print();
    }
  }

  private static void print() {
    for (MachineRung rung : MachineRung.ALL) {
      System.out.println(
          switch (rung.open()) {
            case Bf16Rung.Attempt.Opened _ -> rung + " opened";
            case Bf16Rung.Attempt.Refused refused -> rung + " refused: " + refused.reason();
          });
    }
  }

  /** Since Linux 6.3; 0 if it worked. */
  private static int forbid() throws Throwable {
    MethodHandle prctl =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("prctl"),
                FunctionDescriptor.of(
                    JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
    return (int) prctl.invokeExact(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0L, 0L, 0L);
  }
}

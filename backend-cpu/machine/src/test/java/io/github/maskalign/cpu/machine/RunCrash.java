package io.github.maskalign.cpu.machine;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.Bf16Kernel.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Ends the JVM by a kernel that meets memory which cannot be accessed. */
final class RunCrash {

  private RunCrash() {}

  /** Argument: the name of the rung. */
  public static void main(String[] args) {
    MachineRung rung =
        MachineRung.ALL.stream().filter(r -> r.name().equals(args[0])).findFirst().orElseThrow();
    Bf16Kernel kernel = Kernels.of(rung);
    MemorySegment guard = new GuardedMemory(1).guard();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment c = arena.allocate(4096, 64);
      kernel.multiply(3, 8, new Rows(guard, 0, 16), c, new Rows(c, 0, 0), new Rows(c, 0, 128));
    }
  }
}

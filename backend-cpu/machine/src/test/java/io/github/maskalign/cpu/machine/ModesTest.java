package io.github.maskalign.cpu.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.machine.x86.Assembler;
import io.github.maskalign.cpu.machine.x86.Memory;
import io.github.maskalign.cpu.machine.x86.Register;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Java's modes of arithmetic are the same after a kernel as before. */
class ModesTest {

  static List<MachineRung> rungs() {
    return MachineRung.ALL;
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void areRestored(MachineRung rung) throws Throwable {
    Bf16Kernel kernel = Kernels.of(rung);
    Assembler code = new Assembler();
    code.stmxcsr(Memory.at(Register.RDI));
    code.ret();
    MemorySegment entry = CodeMemory.install(List.of(code.bytes())).getFirst();
    MethodHandle modes =
        Linker.nativeLinker().downcallHandle(entry, FunctionDescriptor.ofVoid(ADDRESS));
    Random random = new Random(3);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment before = arena.allocate(JAVA_INT);
      MemorySegment after = arena.allocate(JAVA_INT);
      // Of results that are not exact, so that exceptions are flagged.
      Panel panel =
          new Panel(
              20,
              16,
              0,
              0,
              Panel.Addend.ROW,
              new RandomValues(RandomValues.Kind.TINY, 1),
              arena::allocate);
      for (int i = 0; i < 20_000; i++) {
        float denormal = Float.MIN_NORMAL * (0.25f + random.nextFloat() / 4);
        modes.invokeExact(before);
        panel.multiply(kernel);
        modes.invokeExact(after);
        assertEquals(before.get(JAVA_INT, 0), after.get(JAVA_INT, 0), "MXCSR");
        assertEquals(0, denormal * 2 - denormal - denormal);
        assertNotEquals(0, denormal * 0.5f);
      }
    }
  }
}

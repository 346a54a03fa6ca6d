package io.github.maskalign.cpu.machine;

import static io.github.maskalign.cpu.machine.x86.Register.R8;
import static io.github.maskalign.cpu.machine.x86.Register.RAX;
import static io.github.maskalign.cpu.machine.x86.Register.RBX;
import static io.github.maskalign.cpu.machine.x86.Register.RCX;
import static io.github.maskalign.cpu.machine.x86.Register.RDI;
import static io.github.maskalign.cpu.machine.x86.Register.RDX;
import static io.github.maskalign.cpu.machine.x86.Register.RSI;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.maskalign.cpu.machine.x86.Assembler;
import io.github.maskalign.cpu.machine.x86.Memory;
import io.github.maskalign.cpu.machine.x86.Register;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Executes CPUID and XGETBV by emitted code, as Java has no call for them. */
final class EmittedInquiry implements Processor.Inquiry {

  private static @Nullable Processor processor;

  private final MemorySegment cpuid;
  private final MemorySegment xgetbv;

  private EmittedInquiry() throws RefusedException {
    Assembler first = new Assembler();
    emitCpuid(first);
    Assembler second = new Assembler();
    emitXgetbv(second);
    List<MemorySegment> entries = CodeMemory.install(List.of(first.bytes(), second.bytes()));
    cpuid = entries.get(0);
    xgetbv = entries.get(1);
  }

  /**
   * This processor; asked once, as the code stays until the JVM ends.
   *
   * @throws RefusedException if the system gives no executable memory
   */
  static synchronized Processor processor() throws RefusedException {
    @Nullable Processor known = processor;
    if (known == null) {
      known = Processor.of(new EmittedInquiry());
      processor = known;
    }
    return known;
  }

  /** Emits {@code void cpuid(long leaf, long part, long[4] out)}. */
  static void emitCpuid(Assembler code) {
    code.push(RBX);
    code.mov(RAX, RDI);
    code.mov(RCX, RSI);
    code.mov(R8, RDX);
    code.cpuid();
    store(code, RAX, RBX, RCX, RDX);
    code.pop(RBX);
    code.ret();
  }

  /** Emits {@code void xgetbv(long register, long unused, long[2] out)}. */
  static void emitXgetbv(Assembler code) {
    code.mov(RCX, RDI);
    code.mov(R8, RDX);
    code.xgetbv();
    store(code, RAX, RDX);
    code.ret();
  }

  /** The instructions have set the upper halves of their registers to 0. */
  private static void store(Assembler code, Register... results) {
    for (int i = 0; i < results.length; i++) {
      code.mov(Memory.at(R8, Long.BYTES * i), results[i]);
    }
  }

  @Override
  public int[] cpuid(int leaf, int part) {
    long[] registers = call(cpuid, leaf, part);
    return new int[] {
      (int) registers[0], (int) registers[1], (int) registers[2], (int) registers[3]
    };
  }

  @Override
  public long xcr0() {
    long[] registers = call(xgetbv, 0, 0);
    return registers[1] << 32 | registers[0];
  }

  private static long[] call(MemorySegment code, long first, long second) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG, 4);
      NativeCall.call(code, first, second, out.address());
      return out.toArray(JAVA_LONG);
    }
  }
}

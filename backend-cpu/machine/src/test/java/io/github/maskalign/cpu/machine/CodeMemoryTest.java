package io.github.maskalign.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cpu.machine.x86.Assembler;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CodeMemoryTest {

  /** Skips the tests where code cannot run. */
  @BeforeEach
  void run() {
    Kernels.all();
  }

  private static List<MemorySegment> install() throws RefusedException {
    Assembler code = new Assembler();
    code.ret();
    return CodeMemory.install(List.of(code.bytes(), code.bytes()));
  }

  @Test
  void isExecutableAndNotWritable() throws Throwable {
    MemorySegment entry = install().getFirst();
    String line = line(entry);
    assertTrue(line.contains(" r-xp "), line);
    Linker.nativeLinker().downcallHandle(entry, FunctionDescriptor.ofVoid()).invokeExact();
  }

  /** The line of an address in the list of the process's memory. */
  private static String line(MemorySegment entry) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] range = line.substring(0, line.indexOf(' ')).split("-");
      if (Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), entry.address()) <= 0
          && Long.compareUnsigned(entry.address(), Long.parseUnsignedLong(range[1], 16)) < 0) {
        return line;
      }
    }
    throw new AssertionError("no memory at 0x" + Long.toHexString(entry.address()));
  }

  @Test
  void beginsEachPieceOnACacheLine() throws RefusedException {
    for (MemorySegment entry : install()) {
      assertEquals(0, entry.address() % 64);
    }
  }

  @Test
  void moreMemoryThanThereIsIsRefused() {
    String reason =
        assertThrows(RefusedException.class, () -> LinuxCalls.map(1L << 60)).getMessage();
    assertTrue(reason.contains("mmap failed with errno 12 (ENOMEM)"), reason);
  }
}

package io.github.maskalign.cpu.machine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Machine code in memory of its own: first writable, then executable, never both. It stays until
 * the JVM ends, so that no call can meet code that is gone; all kernels together take some 70 KB.
 */
final class CodeMemory {

  private static final int LINE = 64;
  private static final int PAGE = 4096;

  /** The instruction {@code int3}, a breakpoint: where no code is, execution stops. */
  private static final byte NO_CODE = (byte) 0xCC;

  private CodeMemory() {}

  /**
   * Makes code executable.
   *
   * @param pieces that can be anywhere in memory
   * @return where each piece begins, on a cache line
   * @throws RefusedException if the system forbids it
   */
  static List<MemorySegment> install(List<byte[]> pieces) throws RefusedException {
    List<Integer> entries = new ArrayList<>();
    int size = 0;
    for (byte[] piece : pieces) {
      entries.add(size);
      size += Math.ceilDiv(piece.length, LINE) * LINE;
    }
    byte[] image = new byte[Math.ceilDiv(size, PAGE) * PAGE];
    Arrays.fill(image, NO_CODE);
    for (int i = 0; i < pieces.size(); i++) {
      System.arraycopy(pieces.get(i), 0, image, entries.get(i), pieces.get(i).length);
    }
    MemorySegment memory = LinuxCalls.map(image.length);
    memory.copyFrom(MemorySegment.ofArray(image));
    LinuxCalls.makeExecutable(memory);
    List<MemorySegment> starts = new ArrayList<>();
    for (int entry : entries) {
      starts.add(memory.asSlice(entry, 0));
    }
    return starts;
  }
}

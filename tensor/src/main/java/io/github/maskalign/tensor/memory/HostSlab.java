package io.github.maskalign.tensor.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory obtained from the system in one piece.
 *
 * @param number index of the slab in its pool, which orders blocks reproducibly
 */
record HostSlab(long number, Arena arena, MemorySegment memory) {

  /** Allocates zeroed memory, whose pages are resident from then on. */
  static HostSlab take(long number, long size, long alignment) {
    Arena arena = Arena.ofShared();
    try {
      return new HostSlab(number, arena, arena.allocate(size, alignment));
    } catch (OutOfMemoryError full) {
      arena.close();
      throw full;
    }
  }
}

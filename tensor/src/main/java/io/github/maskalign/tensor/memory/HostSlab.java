package io.github.maskalign.tensor.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A piece of memory taken from the system at once.
 *
 * @param number counts the slabs of a pool, so that blocks have an order in every run
 */
record HostSlab(long number, Arena arena, MemorySegment memory) {

  /** Takes zeroed memory: its pages are resident from now on. */
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

package io.github.maskalign.tensor.memory;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The free blocks of a pool, in lists by size class (best fit, segregated lists). */
final class FreeBlocks {

  /** Eight size classes per power of two. */
  private static final int STEPS_BITS = 3;

  private final HostBlock[] lists = new HostBlock[Long.SIZE << STEPS_BITS];

  void add(HostBlock block) {
    int list = list(block.size);
    HostBlock first = lists[list];
    block.previous = null;
    block.next = first;
    if (first != null) {
      first.previous = block;
    }
    lists[list] = block;
  }

  void remove(HostBlock block) {
    if (block.previous == null) {
      lists[list(block.size)] = block.next;
    } else {
      block.previous.next = block.next;
    }
    if (block.next != null) {
      block.next.previous = block.previous;
    }
  }

  /**
   * Returns the smallest block of at least {@code size} bytes; of equals, that of lowest address.
   */
  @Nullable HostBlock best(long size) {
    for (int list = list(size); list < lists.length; list++) {
      HostBlock best = null;
      for (HostBlock block = lists[list]; block != null; block = block.next) {
        if (block.size >= size && (best == null || isBetter(block, best))) {
          best = block;
        }
      }
      if (best != null) {
        return best;
      }
    }
    return null;
  }

  /** The size of the largest block in bytes. */
  long largest() {
    long largest = 0;
    for (int list = lists.length - 1; list >= 0 && largest == 0; list--) {
      for (HostBlock block = lists[list]; block != null; block = block.next) {
        largest = Math.max(largest, block.size);
      }
    }
    return largest;
  }

  /** The blocks that span a whole slab. */
  List<HostBlock> wholeSlabs() {
    List<HostBlock> whole = new ArrayList<>();
    for (HostBlock first : lists) {
      for (HostBlock block = first; block != null; block = block.next) {
        if (block.isWholeSlab()) {
          whole.add(block);
        }
      }
    }
    return whole;
  }

  private static boolean isBetter(HostBlock block, HostBlock best) {
    if (block.size != best.size) {
      return block.size < best.size;
    }
    return block.slab == best.slab
        ? block.offset < best.offset
        : block.slab.number() < best.slab.number();
  }

  private static int list(long size) {
    int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(size);
    int step = (int) (size >>> Math.max(0, octave - STEPS_BITS)) & ((1 << STEPS_BITS) - 1);
    return octave << STEPS_BITS | step;
  }
}

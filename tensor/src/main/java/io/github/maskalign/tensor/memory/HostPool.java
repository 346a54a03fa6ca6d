package io.github.maskalign.tensor.memory;

import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A best-fit allocator of host memory. It obtains slabs from the system, splits the smallest
 * sufficient free block, and coalesces a released block with its free neighbors. Step n+1 of a
 * training run, which makes the requests of step n in the same order, gets the same blocks without
 * new memory or new objects. Thread-safe.
 *
 * @since 0.1.0
 */
public final class HostPool implements AutoCloseable {

  private static final long ALIGNMENT = 64;
  private static final long SMALLEST_SLAB = 64 << 10;
  private static final long LARGEST_SLAB = 16 << 20;

  /** A new slab is at most this fraction of the total, unless the request is larger. */
  private static final long GROWTH = 8;

  /** Rounding up a larger size could overflow. */
  private static final long LARGEST = 1L << 62;

  private static final int SLICES = 1 << 12;

  private final FreeBlocks free = new FreeBlocks();
  private final List<HostBlock> spare = new ArrayList<>();

  /** Recently used segments, hashed by address and size. */
  private final MemorySegment[] slices = new MemorySegment[SLICES];

  private final long limit;
  private final boolean poison;
  private long slabs;
  private long taken;
  private long live;
  private long peak;
  private boolean closed;

  /**
   * Creates an empty pool.
   *
   * @param limit maximum number of bytes to obtain from the system
   * @param poison fill every allocated block with NaN, so that tests detect reads of uninitialized
   *     memory
   */
  public HostPool(long limit, boolean poison) {
    this.limit = limit;
    this.poison = poison;
  }

  /** Creates a pool without a limit. */
  public static HostPool unlimited() {
    return new HostPool(Long.MAX_VALUE, false);
  }

  /**
   * Allocates at least {@code bytes} bytes of arbitrary content, aligned to 64 bytes.
   *
   * @throws OutOfMemoryException if the limit or the machine's memory is exceeded
   */
  public synchronized HostStorage allocate(long bytes) {
    if (closed) {
      throw new ClosedException("host memory pool is closed");
    }
    if (bytes > LARGEST) {
      throw outOfMemory(bytes, null);
    }
    long size = Math.max(ALIGNMENT, Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT);
    HostBlock block = free.best(size);
    if (block == null) {
      block = grow(size);
    }
    free.remove(block);
    if (block.size > size) {
      split(block, size);
    }
    block.allocate(slice(block));
    live += size;
    peak = Math.max(peak, live);
    if (poison) {
      block.segment().fill((byte) 0xFF);
    }
    return block;
  }

  /** The memory use. */
  public synchronized MemoryStats stats() {
    return new MemoryStats(live, taken - live, peak);
  }

  /** Returns every wholly free slab to the system. */
  public synchronized void trim() {
    // A new slab may have the address of an old one, so no segment of that may remain.
    Arrays.fill(slices, null);
    for (HostBlock block : free.wholeSlabs()) {
      free.remove(block);
      drop(block);
    }
  }

  /** Frees all free slabs now and each other slab when its last block is released. */
  @Override
  public synchronized void close() {
    closed = true;
    trim();
  }

  synchronized void release(HostBlock block) {
    live -= block.size;
    block.allocated = false;
    HostBlock joined = block;
    if (block.after != null && !block.after.allocated) {
      free.remove(block.after);
      absorb(block, block.after);
    }
    if (block.before != null && !block.before.allocated) {
      joined = block.before;
      free.remove(joined);
      absorb(joined, block);
    }
    if (closed && joined.isWholeSlab()) {
      drop(joined);
    } else {
      free.add(joined);
    }
  }

  private void split(HostBlock block, long size) {
    HostBlock rest = newBlock();
    rest.slab = block.slab;
    rest.offset = block.offset + size;
    rest.size = block.size - size;
    rest.before = block;
    rest.after = block.after;
    if (rest.after != null) {
      rest.after.before = rest;
    }
    block.after = rest;
    block.size = size;
    free.add(rest);
  }

  /** Merges a block with the one after it. */
  private void absorb(HostBlock block, HostBlock after) {
    block.size += after.size;
    block.after = after.after;
    if (block.after != null) {
      block.after.before = block;
    }
    spare.add(after);
  }

  private HostBlock newBlock() {
    return spare.isEmpty() ? new HostBlock(this) : spare.removeLast();
  }

  private MemorySegment slice(HostBlock block) {
    MemorySegment memory = block.slab.memory();
    long address = memory.address() + block.offset;
    long mixed = (address / ALIGNMENT * 31 + block.size / ALIGNMENT) * 0x9E3779B97F4A7C15L;
    int place = (int) (mixed >>> 32) & (SLICES - 1);
    MemorySegment slice = slices[place];
    if (slice == null || slice.address() != address || slice.byteSize() != block.size) {
      slice = memory.asSlice(block.offset, block.size, ALIGNMENT);
      slices[place] = slice;
    }
    return slice;
  }

  private void drop(HostBlock block) {
    taken -= block.size;
    block.slab.arena().close();
    block.slab = null;
    spare.add(block);
  }

  /** Obtains a new slab of at least {@code size} bytes as one free block. */
  private HostBlock grow(long size) {
    if (size > limit - taken) {
      trim();
    }
    if (size > limit - taken) {
      throw outOfMemory(size, null);
    }
    long usual = Math.clamp(taken / GROWTH / ALIGNMENT * ALIGNMENT, SMALLEST_SLAB, LARGEST_SLAB);
    long max = (limit - taken) / ALIGNMENT * ALIGNMENT;
    HostSlab slab;
    try {
      slab = HostSlab.take(slabs, Math.max(size, Math.min(usual, max)), ALIGNMENT);
    } catch (OutOfMemoryError first) {
      trim();
      try {
        slab = HostSlab.take(slabs, size, ALIGNMENT);
      } catch (OutOfMemoryError second) {
        throw outOfMemory(size, second);
      }
    }
    slabs++;
    HostBlock block = newBlock();
    block.slab = slab;
    block.offset = 0;
    block.size = slab.memory().byteSize();
    block.before = null;
    block.after = null;
    taken += block.size;
    free.add(block);
    return block;
  }

  private OutOfMemoryException outOfMemory(long asked, @Nullable Throwable cause) {
    String total = limit == Long.MAX_VALUE ? "the machine's memory" : limit + " bytes allowed";
    return new OutOfMemoryException(
        "host memory: requested "
            + asked
            + " bytes with "
            + live
            + " live of "
            + total
            + " and "
            + free.largest()
            + " free in one piece; use a smaller batch, or accumulate gradients over several",
        cause);
  }
}

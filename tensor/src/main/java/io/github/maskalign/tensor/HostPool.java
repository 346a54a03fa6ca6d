package io.github.maskalign.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recycles blocks of host memory by size class, so that step n+1 of a training run reuses the
 * blocks of step n. Thread-safe.
 */
public final class HostPool implements AutoCloseable {

  private static final long ALIGNMENT = 64;

  /** Beyond this, rounding up to a size class could overflow. */
  private static final long LARGEST = 1L << 62;

  private record Block(Arena arena, MemorySegment segment) {}

  private final Map<Long, ArrayDeque<Block>> idle = new HashMap<>();
  private final long limit;
  private final boolean poison;
  private long live;
  private long pooled;
  private long peak;
  private boolean closed;

  /**
   * Creates an empty pool.
   *
   * @param limit most bytes to take from the system
   * @param poison fill every block with NaN patterns before handing it out, to show reads of
   *     uninitialised memory in tests
   */
  public HostPool(long limit, boolean poison) {
    this.limit = limit;
    this.poison = poison;
  }

  /** A pool bounded only by the machine's memory. */
  public static HostPool unlimited() {
    return new HostPool(Long.MAX_VALUE, false);
  }

  /**
   * A block of at least {@code bytes} bytes with arbitrary content.
   *
   * @throws OutOfMemoryException if neither the limit nor the machine allows it
   */
  public synchronized HostStorage allocate(long bytes) {
    if (closed) {
      throw new ClosedException("host memory pool is closed");
    }
    if (bytes > LARGEST) {
      throw outOfMemory(bytes, null);
    }
    long size = sizeClass(bytes);
    ArrayDeque<Block> blocks = idle.get(size);
    @Nullable Block block = blocks == null ? null : blocks.pollLast();
    if (block == null) {
      block = fresh(size);
    } else {
      pooled -= size;
    }
    live += size;
    peak = Math.max(peak, live);
    if (poison) {
      block.segment.fill((byte) 0xFF);
    }
    Block handedOut = block;
    return new HostStorage(block.segment, () -> giveBack(handedOut));
  }

  /** Bytes live, pooled and at the peak. */
  public synchronized MemoryStats stats() {
    return new MemoryStats(live, pooled, peak);
  }

  /** Returns every idle block to the system. */
  public synchronized void trim() {
    idle.values().forEach(blocks -> blocks.forEach(block -> block.arena.close()));
    idle.clear();
    pooled = 0;
  }

  /** Frees idle blocks now and live ones as soon as they are released. */
  @Override
  public synchronized void close() {
    closed = true;
    trim();
  }

  private synchronized void giveBack(Block block) {
    long size = block.segment.byteSize();
    live -= size;
    if (closed) {
      block.arena.close();
    } else {
      pooled += size;
      idle.computeIfAbsent(size, key -> new ArrayDeque<>()).addLast(block);
    }
  }

  private Block fresh(long size) {
    if (size > limit - live - pooled) {
      trim();
    }
    if (size > limit - live) {
      throw outOfMemory(size, null);
    }
    Arena arena = Arena.ofShared();
    try {
      return new Block(arena, arena.allocate(size, ALIGNMENT));
    } catch (OutOfMemoryError first) {
      trim();
      try {
        return new Block(arena, arena.allocate(size, ALIGNMENT));
      } catch (OutOfMemoryError second) {
        arena.close();
        throw outOfMemory(size, second);
      }
    }
  }

  private OutOfMemoryException outOfMemory(long asked, @Nullable Throwable cause) {
    String total = limit == Long.MAX_VALUE ? "the machine's memory" : limit + " bytes allowed";
    return new OutOfMemoryException(
        "host memory: asked for "
            + asked
            + " bytes with "
            + live
            + " live of "
            + total
            + "; use a smaller batch, or accumulate gradients over several",
        cause);
  }

  /** Eight classes an octave: at most an eighth of a block is wasted. */
  private static long sizeClass(long bytes) {
    if (bytes <= 8 * ALIGNMENT) {
      return Math.max(ALIGNMENT, roundUp(bytes, ALIGNMENT));
    }
    long step = Long.highestOneBit(bytes - 1) >> 3;
    return roundUp(bytes, Math.max(step, ALIGNMENT));
  }

  private static long roundUp(long value, long multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }
}

package io.github.maskalign.cuda.runtime;

import io.github.maskalign.cuda.driver.Device;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Caches blocks of device memory by size class. A block may be reused while work on it is still
 * queued, because all work on pooled blocks runs in order on one stream. Thread-safe.
 */
public final class CudaPool implements AutoCloseable {

  /** How blocks are allocated. */
  public enum Mode {
    /** Sizes are rounded up to a size class, and released blocks are reused. */
    CACHING,
    /** Blocks have the exact size and are never reused, so that memory checkers see each tensor. */
    EXACT
  }

  private static final long MIN_STEP = 256;

  /** Rounding a larger size up could overflow. */
  private static final long MAX_BYTES = 1L << 62;

  /** Idle blocks after which a pool in exact mode trims. */
  private static final int MAX_IDLE_EXACT = 64;

  private final Device device;
  private final long limit;
  private final Mode mode;
  private final Map<Long, ArrayDeque<Long>> idle = new HashMap<>();
  private @Nullable Map<Long, ArrayDeque<Long>> captured;
  private int idleBlocks;
  private long live;
  private long pooled;
  private long peak;
  private boolean closed;

  /**
   * An empty pool.
   *
   * @param limit maximum bytes to allocate on the device
   */
  public CudaPool(Device device, long limit, Mode mode) {
    this.device = device;
    this.limit = limit;
    this.mode = mode;
  }

  /**
   * Returns a block of at least {@code bytes} bytes with arbitrary content.
   *
   * @throws OutOfMemoryException if the limit or the device does not allow it
   */
  public synchronized CudaStorage allocate(long bytes) {
    if (closed) {
      throw new ClosedException("the device memory pool is closed");
    }
    if (bytes > MAX_BYTES) {
      throw outOfMemory(bytes);
    }
    long size = mode == Mode.EXACT ? Math.max(1, bytes) : sizeClass(bytes);
    @Nullable ArrayDeque<Long> released = captured == null ? null : captured.get(size);
    if (released != null && !released.isEmpty()) {
      return new CudaStorage(released.removeLast(), size, this);
    }
    ArrayDeque<Long> blocks = mode == Mode.EXACT ? null : idle.get(size);
    long address;
    if (blocks == null || blocks.isEmpty()) {
      address = allocateOnDevice(size);
    } else {
      address = blocks.removeLast();
      idleBlocks--;
      pooled -= size;
    }
    live += size;
    peak = Math.max(peak, live);
    return new CudaStorage(address, size, this);
  }

  /** Bytes live, pooled and at peak. */
  public synchronized MemoryStats stats() {
    return new MemoryStats(live, pooled, peak);
  }

  /** Waits for the device and frees every idle block. */
  public synchronized void trim() {
    if (idleBlocks == 0) {
      return;
    }
    device.synchronize();
    idle.values().forEach(blocks -> blocks.forEach(device::free));
    idle.clear();
    idleBlocks = 0;
    pooled = 0;
  }

  /** Frees every idle block, except during the capture of a graph, which does not allow it. */
  public synchronized void trimUnlessCapturing() {
    if (captured == null) {
      trim();
    }
  }

  /** Frees idle blocks now, and live blocks when they are released. */
  @Override
  public synchronized void close() {
    closed = true;
    trim();
  }

  /**
   * Starts the capture of a graph: until {@link #endCapture}, released blocks are reused only by
   * allocations of the capture, and count as live.
   */
  public synchronized void beginCapture() {
    captured = new HashMap<>();
  }

  /** Ends the capture and returns its blocks by size, to release when the graph is closed. */
  public synchronized Map<Long, ArrayDeque<Long>> endCapture() {
    Map<Long, ArrayDeque<Long>> blocks = Objects.requireNonNull(captured);
    captured = null;
    return blocks;
  }

  /** Returns a block to the pool; work queued later does not use it. */
  public synchronized void release(long address, long size) {
    if (captured != null) {
      captured.computeIfAbsent(size, _ -> new ArrayDeque<>()).addLast(address);
      return;
    }
    live -= size;
    pooled += size;
    idle.computeIfAbsent(size, key -> new ArrayDeque<>()).addLast(address);
    idleBlocks++;
    if (closed || (mode == Mode.EXACT && idleBlocks > MAX_IDLE_EXACT)) {
      trim();
    }
  }

  private long allocateOnDevice(long size) {
    if (size > limit - live - pooled) {
      trim();
    }
    if (size > limit - live) {
      throw outOfMemory(size);
    }
    long address = device.allocate(size);
    if (address == 0) {
      trim();
      address = device.allocate(size);
    }
    if (address == 0) {
      throw outOfMemory(size);
    }
    return address;
  }

  private OutOfMemoryException outOfMemory(long asked) {
    String limited = limit == Long.MAX_VALUE ? "" : " of " + limit + " allowed by the memory limit";
    return new OutOfMemoryException(
        "device memory: asked for %d bytes with %d free of %d on the %s and %d live%s; "
                .formatted(
                    asked,
                    device.freeMemory(),
                    device.info().totalMemory(),
                    device.info().name(),
                    live,
                    limited)
            + "use a smaller batch, or accumulate gradients over several batches",
        null);
  }

  /** Eight size classes per power of two, so that at most an eighth of a block is unused. */
  private static long sizeClass(long bytes) {
    long step = Math.max(MIN_STEP, Long.highestOneBit(Math.max(1, bytes - 1)) >> 3);
    return Math.max(step, Math.ceilDiv(bytes, step) * step);
  }
}

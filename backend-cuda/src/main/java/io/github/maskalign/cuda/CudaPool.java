package io.github.maskalign.cuda;

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
 * Recycles blocks of device memory by size class. A block may be handed out again while work that
 * uses it is still queued: all work on pooled blocks runs in the order of one stream. Thread-safe.
 */
final class CudaPool implements AutoCloseable {

  /** How blocks are given out. */
  enum Mode {
    /** Rounded up to a class, and again to the next who asks for that class. */
    CACHING,
    /**
     * As long as asked and never again, so that a tool which watches the driver's blocks watches
     * every tensor.
     */
    EXACT
  }

  private static final long GRANULE = 256;

  /** Beyond this, rounding up to a size class could overflow. */
  private static final long LARGEST = 1L << 62;

  /** Idle blocks that make a pool of exact blocks give them back to the driver. */
  private static final int MOST_IDLE_EXACT = 64;

  private final Device device;
  private final long limit;
  private final Mode mode;
  private final Map<Long, ArrayDeque<Long>> idle = new HashMap<>();
  private @Nullable Map<Long, ArrayDeque<Long>> withheld;
  private int idleBlocks;
  private long live;
  private long pooled;
  private long peak;
  private boolean closed;

  /**
   * An empty pool.
   *
   * @param limit most bytes to take from the device
   */
  CudaPool(Device device, long limit, Mode mode) {
    this.device = device;
    this.limit = limit;
    this.mode = mode;
  }

  /**
   * A block of at least {@code bytes} bytes with arbitrary content.
   *
   * @throws OutOfMemoryException if neither the limit nor the device allows it
   */
  synchronized CudaStorage allocate(long bytes) {
    if (closed) {
      throw new ClosedException("device memory pool is closed");
    }
    if (bytes > LARGEST) {
      throw outOfMemory(bytes);
    }
    long size = mode == Mode.EXACT ? Math.max(1, bytes) : sizeClass(bytes);
    @Nullable ArrayDeque<Long> own = withheld == null ? null : withheld.get(size);
    if (own != null && !own.isEmpty()) {
      return new CudaStorage(own.removeLast(), size, this);
    }
    ArrayDeque<Long> blocks = mode == Mode.EXACT ? null : idle.get(size);
    long address;
    if (blocks == null || blocks.isEmpty()) {
      address = fresh(size);
    } else {
      address = blocks.removeLast();
      idleBlocks--;
      pooled -= size;
    }
    live += size;
    peak = Math.max(peak, live);
    return new CudaStorage(address, size, this);
  }

  /** Bytes live, pooled and at the peak. */
  synchronized MemoryStats stats() {
    return new MemoryStats(live, pooled, peak);
  }

  /** Waits for the device and gives every idle block back to it. */
  synchronized void trim() {
    if (idleBlocks == 0) {
      return;
    }
    device.synchronize();
    idle.values().forEach(blocks -> blocks.forEach(device::free));
    idle.clear();
    idleBlocks = 0;
    pooled = 0;
  }

  /** Frees idle blocks now and live ones as soon as they are released. */
  @Override
  public synchronized void close() {
    closed = true;
    trim();
  }

  /**
   * From now until {@link #endWithholding}, what is given back goes only to those who ask
   * meanwhile, and counts as live.
   */
  synchronized void beginWithholding() {
    withheld = new HashMap<>();
  }

  /** The blocks withheld, addresses by size, to be given back when nobody uses them any more. */
  synchronized Map<Long, ArrayDeque<Long>> endWithholding() {
    Map<Long, ArrayDeque<Long>> blocks = Objects.requireNonNull(withheld);
    withheld = null;
    return blocks;
  }

  synchronized void giveBack(long address, long size) {
    if (withheld != null) {
      withheld.computeIfAbsent(size, _ -> new ArrayDeque<>()).addLast(address);
      return;
    }
    live -= size;
    pooled += size;
    idle.computeIfAbsent(size, key -> new ArrayDeque<>()).addLast(address);
    idleBlocks++;
    if (closed || (mode == Mode.EXACT && idleBlocks > MOST_IDLE_EXACT)) {
      trim();
    }
  }

  private long fresh(long size) {
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
            + "use a smaller batch, or accumulate gradients over several",
        null);
  }

  /** Eight classes an octave: at most an eighth of a block is wasted. */
  private static long sizeClass(long bytes) {
    long step = Math.max(GRANULE, Long.highestOneBit(Math.max(1, bytes - 1)) >> 3);
    return Math.max(step, Math.ceilDiv(bytes, step) * step);
  }
}

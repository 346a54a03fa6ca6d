package io.github.maskalign.cuda.runtime;

import io.github.maskalign.cuda.driver.Cublas;
import io.github.maskalign.cuda.driver.Device;
import io.github.maskalign.cuda.driver.Stream;
import io.github.maskalign.cuda.library.UserCache;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One open device with its memory pool, compute stream, transfers, kernels and cuBLAS. Work is
 * queued on {@link #compute()}; only downloads wait for it.
 */
public final class Gpu implements AutoCloseable {

  /** System property: {@code caching} or {@code exact}, see {@link CudaPool.Mode}. */
  public static final String POOL_PROPERTY = "maskalign.cuda.pool";

  /** NVIDIA's recommendation for its newest devices. */
  private static final long WORKSPACE_BYTES = 32L << 20;

  private static final long SLOT_BYTES = 4L << 20;

  /** In the order of opening; closed in reverse. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private final Device device;
  private final Stream compute;
  private final CudaPool pool;
  private final Transfers transfers;
  private final Kernels kernels;
  private final Cublas blas;

  private Gpu(
      Device device, long memoryLimit, CudaPool.Mode mode, Function<String, KernelSource> sources) {
    boolean complete = false;
    try {
      this.device = opened(device);
      this.compute = opened(device.stream());
      Stream copies = opened(device.stream());
      this.pool = opened(new CudaPool(device, memoryLimit, mode));
      device.onScarceMemory(pool::trimUnlessCapturing);
      Block slots = opened(new Block(device, Transfers.deviceBytes(SLOT_BYTES), "transfers"));
      this.transfers = opened(new Transfers(compute, copies, slots.address, SLOT_BYTES));
      this.kernels =
          opened(
              new Kernels(device, new CubinCache(UserCache.folder().resolve("kernels")), sources));
      Block workspace = opened(new Block(device, WORKSPACE_BYTES, "matrix products"));
      this.blas = opened(new Cublas(compute, workspace.address, WORKSPACE_BYTES));
      complete = true;
    } finally {
      if (!complete) {
        closeAll();
      }
    }
  }

  /** Prepares a device, which this closes. */
  public static Gpu open(Device device, long memoryLimit) {
    return open(device, memoryLimit, KernelSource::load);
  }

  /** The same with other kernel sources. */
  public static Gpu open(Device device, long memoryLimit, Function<String, KernelSource> sources) {
    return new Gpu(device, memoryLimit, poolMode(), sources);
  }

  private static CudaPool.Mode poolMode() {
    return switch (System.getProperty(POOL_PROPERTY, "caching").toLowerCase(Locale.ROOT)) {
      case "caching" -> CudaPool.Mode.CACHING;
      case "exact" -> CudaPool.Mode.EXACT;
      case String other ->
          throw new DeviceException(
              "cuda: -D" + POOL_PROPERTY + " must be caching or exact, not '" + other + "'");
    };
  }

  /** The device. */
  public Device device() {
    return device;
  }

  /** The stream of all work on tensors. */
  public Stream compute() {
    return compute;
  }

  /** The memory of tensors. */
  public CudaPool pool() {
    return pool;
  }

  /** Copies from and to the host. */
  public Transfers transfers() {
    return transfers;
  }

  /** Kernels by source and name. */
  public Kernels kernels() {
    return kernels;
  }

  /** Matrix products. */
  public Cublas blas() {
    return blas;
  }

  /** Waits for all work and frees everything. */
  @Override
  public void close() {
    try {
      device.synchronize();
    } finally {
      closeAll();
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    opened.addLast(part);
    return part;
  }

  /** Closes every part, even if the device is lost, and throws the first failure. */
  private void closeAll() {
    @Nullable RuntimeException first = null;
    while (!opened.isEmpty()) {
      try {
        opened.removeLast().close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      } catch (Exception e) {
        throw new IllegalStateException("parts of a device throw no checked exceptions", e);
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Device memory that stays allocated while the device is open. */
  private static final class Block implements AutoCloseable {
    final Device device;
    final long address;

    Block(Device device, long bytes, String purpose) {
      this.device = device;
      this.address = device.allocate(bytes);
      if (address == 0) {
        throw new OutOfMemoryException(
            ("device memory: asked for %d bytes for %s with %d free of %d; "
                    + "stop other programs that use the device")
                .formatted(bytes, purpose, device.freeMemory(), device.info().totalMemory()),
            null);
      }
    }

    @Override
    public void close() {
      device.free(address);
    }
  }
}

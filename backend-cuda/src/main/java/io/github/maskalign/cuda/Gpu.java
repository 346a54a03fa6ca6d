package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Cublas;
import io.github.maskalign.cuda.driver.Device;
import io.github.maskalign.cuda.driver.Stream;
import io.github.maskalign.cuda.library.UserCache;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All that operations run on: one device with its memory, a stream of work, matrix products and
 * kernels. Work is queued on {@link #compute()} and nothing waits for it but a download.
 */
final class Gpu implements AutoCloseable {

  /** {@code exact} or {@code caching}, see {@link CudaPool.Mode}. */
  static final String POOL_PROPERTY = "maskalign.cuda.pool";

  /** What NVIDIA advises for its newest devices. */
  private static final long WORKSPACE_BYTES = 32L << 20;

  private static final long SLOT_BYTES = 4L << 20;

  /** Newest last; to be closed in the reverse order. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private final Device device;
  private final Stream compute;
  private final CudaPool pool;
  private final Transfers transfers;
  private final Kernels kernels;
  private final Cublas blas;

  private Gpu(long memoryLimit, CudaPool.Mode mode, Function<String, KernelSource> sources) {
    boolean complete = false;
    try {
      this.device = opened(Device.open(0));
      this.compute = opened(device.stream());
      Stream copies = opened(device.stream());
      this.pool = opened(new CudaPool(device, memoryLimit, mode));
      Block slots = opened(new Block(device, Transfers.deviceBytes(SLOT_BYTES), "transfers"));
      this.transfers = opened(new Transfers(compute, copies, slots.address, SLOT_BYTES));
      this.kernels =
          opened(
              new Kernels(device, new CubinCache(UserCache.folder().resolve("kernels")), sources));
      Block workspace = opened(new Block(device, WORKSPACE_BYTES, "products"));
      this.blas = opened(new Cublas(compute, workspace.address, WORKSPACE_BYTES));
      complete = true;
    } finally {
      if (!complete) {
        closeAll();
      }
    }
  }

  /** Opens the first device; a {@link CudaProbe} has answered that it is there. */
  static Gpu open(long memoryLimit) {
    return open(memoryLimit, KernelSource::load);
  }

  /** The same with other sources of kernels. */
  static Gpu open(long memoryLimit, Function<String, KernelSource> sources) {
    String mode = System.getProperty(POOL_PROPERTY, "caching").toUpperCase(Locale.ROOT);
    return new Gpu(memoryLimit, CudaPool.Mode.valueOf(mode), sources);
  }

  /** The device. */
  Device device() {
    return device;
  }

  /** Where all work on tensors is queued. */
  Stream compute() {
    return compute;
  }

  /** Memory of tensors. */
  CudaPool pool() {
    return pool;
  }

  /** Copies from and to the host. */
  Transfers transfers() {
    return transfers;
  }

  /** Kernels by source and name. */
  Kernels kernels() {
    return kernels;
  }

  /** Matrix products. */
  Cublas blas() {
    return blas;
  }

  /** Waits for all work and gives everything back. */
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

  /** Closes what is open, all of it even if the device is lost, and tells the first failure. */
  private void closeAll() {
    @Nullable RuntimeException first = null;
    while (!opened.isEmpty()) {
      try {
        opened.removeLast().close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      } catch (Exception e) {
        throw new IllegalStateException("parts of a device throw nothing checked", e);
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Device memory for as long as the device is open. */
  private static final class Block implements AutoCloseable {
    final Device device;
    final long address;

    Block(Device device, long bytes, String purpose) {
      this.device = device;
      this.address = device.allocate(bytes);
      if (address == 0) {
        throw new OutOfMemoryException(
            "device memory: no %d bytes for %s with %d free of %d; end other programs on the device"
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

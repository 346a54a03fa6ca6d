package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.Handle;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A compiled kernel. */
public final class Kernel {

  /** CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES. */
  private static final int MAX_DYNAMIC_SHARED_BYTES = 8;

  /** More needs a function attribute. */
  private static final int DEFAULT_SHARED_BYTES = 48 * 1024;

  private final String name;
  private final Device device;
  private final Handle function;
  private final int maxShared;
  private int sharedAllowed = DEFAULT_SHARED_BYTES;

  Kernel(Device device, String name, Handle function, int maxShared) {
    this.device = device;
    this.name = name;
    this.function = function;
    this.maxShared = maxShared;
  }

  /** Name in the source. */
  public String name() {
    return name;
  }

  /**
   * Queues a launch; an empty grid queues nothing.
   *
   * @param arguments one per parameter: {@code Long} for a pointer or {@code long long}, {@code
   *     Integer} for {@code int}, {@code Float}, {@code Double}, or a {@code MemorySegment} for a
   *     structure passed by value
   * @throws io.github.maskalign.tensor.error.DeviceException with kernel, grid and arguments
   */
  public void launch(Stream stream, Grid grid, Object... arguments) {
    if (grid.isEmpty()) {
      return;
    }
    stream.enqueue(name);
    int code;
    Arguments scratch = device.arguments();
    synchronized (scratch) {
      allowShared(grid.sharedBytes());
      MemorySegment packed = scratch.pack(arguments);
      // A kernel needs memory for its stack, and the first launch for its code.
      code =
          device.retried(
              Status.OUT_OF_MEMORY,
              () ->
                  device
                      .library()
                      .launchKernel(
                          function,
                          grid.x(),
                          grid.y(),
                          grid.z(),
                          grid.threads(),
                          grid.sharedBytes(),
                          stream.handle(),
                          packed));
    }
    device.status().check(code, () -> name + " on " + grid + " with " + Arrays.toString(arguments));
  }

  private void allowShared(int bytes) {
    if (bytes > sharedAllowed) {
      device
          .status()
          .check(
              device.library().funcSetAttribute(function, MAX_DYNAMIC_SHARED_BYTES, bytes),
              () -> name + " with " + bytes + " bytes of shared memory, maximum " + maxShared);
      sharedAllowed = bytes;
    }
  }
}

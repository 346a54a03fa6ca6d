package io.github.maskalign.cuda.driver;

import java.util.Arrays;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;

/** A compiled kernel. */
public final class Kernel {

  /** More needs a function attribute. */
  private static final int DEFAULT_SHARED_BYTES = 48 * 1024;

  private final String name;
  private final CUfunction function;
  private final int maxShared;
  private int sharedAllowed = DEFAULT_SHARED_BYTES;

  Kernel(String name, CUfunction function, int maxShared) {
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
    Arguments scratch = stream.device().arguments();
    synchronized (scratch) {
      allowShared(grid.sharedBytes());
      code =
          JCudaDriver.cuLaunchKernel(
              function,
              grid.x(),
              grid.y(),
              grid.z(),
              grid.threads(),
              1,
              1,
              grid.sharedBytes(),
              stream.handle(),
              scratch.pack(arguments),
              null);
    }
    Status.driver(code, () -> name + " on " + grid + " with " + Arrays.toString(arguments));
  }

  private void allowShared(int bytes) {
    if (bytes > sharedAllowed) {
      Status.driver(
          JCudaDriver.cuFuncSetAttribute(
              function,
              CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
              bytes),
          () -> name + " with " + bytes + " bytes of shared memory, maximum " + maxShared);
      sharedAllowed = bytes;
    }
  }
}

package io.github.maskalign.cuda.driver;

import java.util.Arrays;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;

/** A function that runs on the device. */
public final class Kernel {

  /** More must be asked for by name. */
  private static final int SHARED_BYTES_FOR_ALL = 48 * 1024;

  private final String name;
  private final CUfunction function;
  private final int mostShared;
  private int sharedAllowed = SHARED_BYTES_FOR_ALL;

  Kernel(String name, CUfunction function, int mostShared) {
    this.name = name;
    this.function = function;
    this.mostShared = mostShared;
  }

  /** As in the source. */
  public String name() {
    return name;
  }

  /**
   * Queues a run; a grid without blocks queues nothing.
   *
   * @param arguments one a parameter: {@code Long} for a pointer or {@code long long}, {@code
   *     Integer} for {@code int}, {@code Float}, {@code Double}, or a {@code MemorySegment} for a
   *     structure passed by value
   * @throws io.github.maskalign.tensor.error.DeviceException that tells kernel, grid and arguments
   */
  public void launch(Stream stream, Grid grid, Object... arguments) {
    if (grid.isEmpty()) {
      return;
    }
    stream.queue(name);
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
          () -> name + " with " + bytes + " bytes of shared memory, of at most " + mostShared);
      sharedAllowed = bytes;
    }
  }
}

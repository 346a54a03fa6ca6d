package io.github.maskalign.cuda.driver;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * An open GPU, which allocates memory and creates streams, events and modules. Thread-safe. Close
 * everything that it created before the device itself.
 */
public final class Device implements AutoCloseable {

  private final CUdevice device;
  private final CUcontext context = new CUcontext();
  private final DeviceInfo info;
  private final Arguments arguments = new Arguments();

  private Device(int ordinal) {
    this.device = Driver.handle(ordinal);
    this.info = Driver.info(ordinal);
    Status.driver(
        JCudaDriver.cuDevicePrimaryCtxRetain(context, device),
        () -> "opening device " + ordinal + ", " + info.name());
  }

  /** Opens the device with this number; requires {@link Driver#initialize}. */
  public static Device open(int ordinal) {
    return new Device(ordinal);
  }

  /** Name, architecture and limits. */
  public DeviceInfo info() {
    return info;
  }

  /**
   * Returns the address of a new block of device memory with arbitrary content, or 0 if there is
   * not enough memory.
   *
   * @throws io.github.maskalign.tensor.error.DeviceException on any other failure
   */
  public long allocate(long bytes) {
    makeCurrent();
    Address address = new Address();
    int code = JCudaDriver.cuMemAlloc(address, bytes);
    if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return 0;
    }
    Status.driver(code, () -> "allocating " + bytes + " bytes");
    return address.value();
  }

  /** Frees a block; requires that no work uses it any more. */
  public void free(long address) {
    makeCurrent();
    Status.driver(JCudaDriver.cuMemFree(new Address(address)), "cuMemFree");
  }

  /** Free bytes of device memory. */
  public long freeMemory() {
    makeCurrent();
    long[] free = {0};
    long[] total = {0};
    Status.driver(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo");
    return free[0];
  }

  /** Allocates pinned host memory, for asynchronous copies. */
  public PinnedMemory pinned(long bytes) {
    return new PinnedMemory(this, bytes);
  }

  /** Creates a stream, independent of all others. */
  public Stream stream() {
    return new Stream(this);
  }

  /** Creates an event. */
  public Event event() {
    return new Event(this);
  }

  /**
   * Loads compiled kernels.
   *
   * @param name name for error messages
   * @param image a cubin, or null-terminated PTX
   */
  public KernelModule load(String name, byte[] image) {
    return new KernelModule(this, name, image);
  }

  /** Waits for all work queued on the device. */
  public void synchronize() {
    makeCurrent();
    Status.driver(JCudaDriver.cuCtxSynchronize(), "waiting for the device");
  }

  @Override
  public void close() {
    arguments.close();
    Status.driver(JCudaDriver.cuDevicePrimaryCtxRelease(device), "closing the device");
  }

  /** The buffer for arguments of launches, which synchronize on it. */
  Arguments arguments() {
    return arguments;
  }

  /** Makes this device current: the driver has a current device per thread. */
  void makeCurrent() {
    int code = JCudaDriver.cuCtxSetCurrent(context);
    if (code != CUresult.CUDA_SUCCESS) {
      Status.driver(code, "cuCtxSetCurrent");
    }
  }
}

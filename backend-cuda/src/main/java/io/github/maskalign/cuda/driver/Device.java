package io.github.maskalign.cuda.driver;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * An open GPU: its memory, and the maker of everything that lives on it. May be used by any thread;
 * what it made is to be closed before it.
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

  /** Opens the device of this number; the driver has been started. */
  public static Device open(int ordinal) {
    return new Device(ordinal);
  }

  /** What it is. */
  public DeviceInfo info() {
    return info;
  }

  /**
   * The address of a new block of device memory with arbitrary content, or 0 if there is not
   * enough.
   *
   * @throws io.github.maskalign.tensor.error.DeviceException for any other reason
   */
  public long allocate(long bytes) {
    enter();
    Address address = new Address();
    int code = JCudaDriver.cuMemAlloc(address, bytes);
    if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return 0;
    }
    Status.driver(code, () -> "allocating " + bytes + " bytes");
    return address.value();
  }

  /** Gives a block back; work that uses it has ended. */
  public void free(long address) {
    enter();
    Status.driver(JCudaDriver.cuMemFree(new Address(address)), "cuMemFree");
  }

  /** Bytes that could still be allocated. */
  public long freeMemory() {
    enter();
    long[] free = {0};
    long[] total = {0};
    Status.driver(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo");
    return free[0];
  }

  /** Host memory that copies may use while the program goes on. */
  public PinnedMemory pinned(long bytes) {
    return new PinnedMemory(this, bytes);
  }

  /** A new queue of work, independent of all others. */
  public Stream stream() {
    return new Stream(this);
  }

  /** A new mark for the queues. */
  public Event event() {
    return new Event(this);
  }

  /**
   * Loads compiled kernels.
   *
   * @param name for error messages
   * @param image a cubin, or PTX that ends in a zero byte
   */
  public KernelModule load(String name, byte[] image) {
    return new KernelModule(this, name, image);
  }

  /** Waits until all work queued on the device is done. */
  public void synchronize() {
    enter();
    Status.driver(JCudaDriver.cuCtxSynchronize(), "waiting for the device");
  }

  @Override
  public void close() {
    arguments.close();
    Status.driver(JCudaDriver.cuDevicePrimaryCtxRelease(device), "closing the device");
  }

  /** Where launches lay their arguments out; to be locked meanwhile. */
  Arguments arguments() {
    return arguments;
  }

  /** The driver keeps the current device by thread, so every call says which it means. */
  void enter() {
    int code = JCudaDriver.cuCtxSetCurrent(context);
    if (code != CUresult.CUDA_SUCCESS) {
      Status.driver(code, "cuCtxSetCurrent");
    }
  }
}

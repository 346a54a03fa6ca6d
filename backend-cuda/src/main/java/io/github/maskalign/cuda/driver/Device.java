package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.Binding;
import io.github.maskalign.cuda.binding.DriverLibrary;
import io.github.maskalign.cuda.binding.Handle;
import java.util.function.IntSupplier;

/**
 * An open GPU, which allocates memory and creates streams, events and modules. Thread-safe. Close
 * everything that it created before the device itself.
 */
public final class Device implements AutoCloseable {

  private final Driver driver;
  private final DriverLibrary library;
  private final Status status;
  private final Handle device;
  private final Handle context;
  private final DeviceInfo info;
  private final Arguments arguments = new Arguments();
  private volatile Runnable release = () -> {};

  Device(Driver driver, int ordinal) {
    this.driver = driver;
    this.library = driver.library();
    this.status = driver.status();
    this.device = driver.handle(ordinal);
    this.info = driver.info(ordinal);
    this.context =
        status.created(
            created -> library.primaryCtxRetain(created, device),
            () -> "opening device " + ordinal + ", " + info.name());
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
    long[] address = {0};
    int code = library.memAlloc(address, bytes);
    if (code == Status.OUT_OF_MEMORY) {
      return 0;
    }
    status.check(code, () -> "allocating " + bytes + " bytes");
    return address[0];
  }

  /** Frees a block; requires that no work uses it any more. */
  public void free(long address) {
    makeCurrent();
    status.check(library.memFree(address), "cuMemFree");
  }

  /** Free bytes of device memory. */
  public long freeMemory() {
    makeCurrent();
    long[] free = {0};
    long[] total = {0};
    status.check(library.memGetInfo(free, total), "cuMemGetInfo");
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

  /** Compiles kernels. */
  public Nvrtc compiler() {
    return new Nvrtc(binding().compiler());
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

  /**
   * Sets what releases memory that a pool keeps. When the driver or a library finds too little for
   * its own use, it is called, and the operation is tried once more.
   */
  public void onScarceMemory(Runnable newRelease) {
    release = newRelease;
  }

  /**
   * Calls a library, and if it finds too little memory, once more after memory was released.
   *
   * @param scarce its code for that
   */
  int retried(int scarce, IntSupplier call) {
    int code = call.getAsInt();
    if (code != scarce) {
      return code;
    }
    release.run();
    return call.getAsInt();
  }

  /** Waits for all work queued on the device. */
  public void synchronize() {
    makeCurrent();
    status.check(library.ctxSynchronize(), "waiting for the device");
  }

  @Override
  public void close() {
    arguments.close();
    status.check(library.primaryCtxRelease(device), "closing the device");
  }

  Binding binding() {
    return driver.binding();
  }

  DriverLibrary library() {
    return library;
  }

  Status status() {
    return status;
  }

  /** The buffer for arguments of launches, which synchronize on it. */
  Arguments arguments() {
    return arguments;
  }

  /** Makes this device current: the driver has a current device per thread. */
  void makeCurrent() {
    int code = library.ctxSetCurrent(context);
    if (code != Status.SUCCESS) {
      status.check(code, "cuCtxSetCurrent");
    }
  }
}

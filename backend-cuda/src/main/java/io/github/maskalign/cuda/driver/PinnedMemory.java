package io.github.maskalign.cuda.driver;

import java.lang.foreign.MemorySegment;
import jcuda.driver.JCudaDriver;

/** Page-locked host memory, for asynchronous copies. */
public final class PinnedMemory implements AutoCloseable {

  private final Device device;
  private final Address address = new Address();
  private final MemorySegment segment;

  PinnedMemory(Device device, long bytes) {
    this.device = device;
    device.makeCurrent();
    Status.driver(
        JCudaDriver.cuMemHostAlloc(address, bytes, 0),
        () -> "allocating " + bytes + " bytes of pinned memory");
    this.segment = MemorySegment.ofAddress(address.value()).reinterpret(bytes);
  }

  /** The memory; do not access it while a copy that uses it may be in progress. */
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    device.makeCurrent();
    Status.driver(JCudaDriver.cuMemFreeHost(address), "cuMemFreeHost");
  }
}

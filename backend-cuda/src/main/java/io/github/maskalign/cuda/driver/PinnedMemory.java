package io.github.maskalign.cuda.driver;

import java.lang.foreign.MemorySegment;
import jcuda.driver.JCudaDriver;

/** Host memory locked in place, which the device copies from and to by itself. */
public final class PinnedMemory implements AutoCloseable {

  private final Device device;
  private final Address address = new Address();
  private final MemorySegment segment;

  PinnedMemory(Device device, long bytes) {
    this.device = device;
    device.enter();
    Status.driver(
        JCudaDriver.cuMemHostAlloc(address, bytes, 0), () -> "locking " + bytes + " bytes");
    this.segment = MemorySegment.ofAddress(address.value()).reinterpret(bytes);
  }

  /** The memory; not to be touched while a copy that uses it may be under way. */
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    device.enter();
    Status.driver(JCudaDriver.cuMemFreeHost(address), "cuMemFreeHost");
  }
}

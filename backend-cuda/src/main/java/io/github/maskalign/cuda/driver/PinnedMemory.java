package io.github.maskalign.cuda.driver;

import java.lang.foreign.MemorySegment;

/** Page-locked host memory, for asynchronous copies. */
public final class PinnedMemory implements AutoCloseable {

  private final Device device;
  private final long address;
  private final MemorySegment segment;

  PinnedMemory(Device device, long bytes) {
    this.device = device;
    device.makeCurrent();
    long[] allocated = {0};
    device
        .status()
        .check(
            device.library().memHostAlloc(allocated, bytes),
            () -> "allocating " + bytes + " bytes of pinned memory");
    this.address = allocated[0];
    this.segment = MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  /** The memory; do not access it while a copy that uses it may be in progress. */
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    device.makeCurrent();
    device.status().check(device.library().memFreeHost(address), "cuMemFreeHost");
  }
}

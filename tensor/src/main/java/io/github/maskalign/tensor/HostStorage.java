package io.github.maskalign.tensor;

import java.lang.foreign.MemorySegment;

/** Memory of the host, off the Java heap, 64-byte aligned unless it wraps foreign memory. */
public final class HostStorage extends Storage {

  private final MemorySegment segment;
  private final Runnable onFree;

  HostStorage(MemorySegment segment, Runnable onFree) {
    this.segment = segment;
    this.onFree = onFree;
  }

  /**
   * Wraps memory owned by somebody else (a mapped file, say) that outlives every tensor over it.
   */
  public static HostStorage wrap(MemorySegment segment) {
    return new HostStorage(segment, () -> {});
  }

  /** The memory itself. */
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public long bytes() {
    return segment.byteSize();
  }

  @Override
  protected void free() {
    onFree.run();
  }
}

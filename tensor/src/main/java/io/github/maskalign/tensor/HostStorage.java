package io.github.maskalign.tensor;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/**
 * Memory of the host, off the Java heap, 64-byte aligned unless it wraps foreign memory.
 *
 * @since 0.1.0
 */
public abstract class HostStorage extends Storage {

  /** For backends and pools, which own the memory. */
  protected HostStorage() {}

  /**
   * Wraps memory owned by somebody else (a mapped file, say) that outlives every tensor over it.
   */
  public static HostStorage wrap(MemorySegment segment) {
    return new Foreign(segment);
  }

  /** The memory itself. */
  public abstract MemorySegment segment();

  /**
   * Lets a reader see the content, which is needed in this form this one time, as to prepare it for
   * products: memory that is taken for it alone is given back.
   */
  public <T> T once(Function<MemorySegment, T> reader) {
    return reader.apply(segment());
  }

  @Override
  public long bytes() {
    return segment().byteSize();
  }

  /** Memory that is not ours to free. */
  static final class Foreign extends HostStorage {

    private final MemorySegment segment;

    private Foreign(MemorySegment segment) {
      this.segment = segment;
    }

    @Override
    public MemorySegment segment() {
      return segment;
    }

    @Override
    protected void free() {}
  }
}

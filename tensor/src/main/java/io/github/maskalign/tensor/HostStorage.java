package io.github.maskalign.tensor;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/**
 * Host memory outside the Java heap, aligned to 64 bytes unless it wraps foreign memory.
 *
 * @since 0.1.0
 */
public abstract class HostStorage extends Storage {

  /** Creates a storage; for memory pools and backends. */
  protected HostStorage() {}

  /**
   * Wraps memory with another owner, such as a mapped file. It must outlive every tensor over it.
   */
  public static HostStorage wrap(MemorySegment segment) {
    return new Foreign(segment);
  }

  /** The memory. */
  public abstract MemorySegment segment();

  /**
   * Applies a function to the content for a single use, such as packing for products. Memory
   * allocated only to load the content is released afterwards.
   */
  public <T> T once(Function<MemorySegment, T> reader) {
    return reader.apply(segment());
  }

  @Override
  public long bytes() {
    return segment().byteSize();
  }

  /** Memory with another owner. */
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

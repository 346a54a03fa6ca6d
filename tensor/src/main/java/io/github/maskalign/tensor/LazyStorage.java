package io.github.maskalign.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Memory whose content is fetched when it is first read, such as a weight that lies in a file.
 * Until it is told {@linkplain #from where from}, it is memory like any other, zero at first.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class LazyStorage extends HostStorage {

  private static final long ALIGNMENT = 64;

  /** Where a content that never changes is fetched from, as often as it is needed. */
  @FunctionalInterface
  public interface Source {

    /**
     * The content, row-major.
     *
     * @param arena lends memory for a copy, where a view of what exists does not serve
     */
    MemorySegment fetch(Arena arena);
  }

  private final long bytes;
  private final Object lock = new Object();
  private @Nullable Source source;
  private @Nullable Arena arena;
  private volatile @Nullable MemorySegment content;

  LazyStorage(long bytes) {
    this.bytes = bytes;
  }

  /** Says where the content is fetched from, and freezes it. Must come before the first use. */
  public void from(Source newSource) {
    synchronized (lock) {
      if (content != null || source != null) {
        throw new StateException("lazy storage: the content has been set or read before");
      }
      source = newSource;
    }
    freeze();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  /** Fetches the content, if that was not done, to keep it until this is freed. */
  @Override
  public MemorySegment segment() {
    MemorySegment present = content;
    return present == null ? fetched() : present;
  }

  private MemorySegment fetched() {
    synchronized (lock) {
      MemorySegment present = content;
      if (present == null) {
        Arena own = Arena.ofShared();
        try {
          present = source == null ? own.allocate(bytes, ALIGNMENT) : fetch(source, own);
        } catch (RuntimeException | Error e) {
          own.close();
          throw e;
        }
        arena = own;
        content = present;
      }
      return present;
    }
  }

  /** Fetches the content for the reader and does not keep it. */
  @Override
  public <T> T once(Function<MemorySegment, T> reader) {
    Source from;
    synchronized (lock) {
      from = content == null ? source : null;
    }
    if (from == null) {
      return reader.apply(segment());
    }
    try (Arena passing = Arena.ofShared()) {
      MemorySegment fetched = fetch(from, passing);
      T result = reader.apply(fetched);
      if (fetched.isMapped()) {
        fetched.unload();
      }
      return result;
    }
  }

  private MemorySegment fetch(Source from, Arena to) {
    MemorySegment fetched = from.fetch(to);
    if (fetched.byteSize() != bytes) {
      throw new ShapeException(
          "lazy storage: the source returned %d bytes, expected %d"
              .formatted(fetched.byteSize(), bytes));
    }
    return fetched;
  }

  @Override
  protected void free() {
    synchronized (lock) {
      source = null;
      content = null;
      if (arena != null) {
        arena.close();
        arena = null;
      }
    }
  }
}

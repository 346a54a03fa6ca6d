package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.tensor.io.MappedFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Host memory whose content is loaded on first use, such as a weight in a file. Without a {@link
 * #from source} it is ordinary memory, initially zero. Thread-safe.
 *
 * @since 0.1.0
 */
public final class LazyStorage extends HostStorage {

  private static final long ALIGNMENT = 64;

  /** Loads an immutable content, each time it is needed. */
  @FunctionalInterface
  public interface Source {

    /**
     * Returns the content, row-major.
     *
     * @param arena allocates memory where the content is not a view of existing memory
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

  /** Sets the source of the content and freezes it; must precede the first use. */
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

  /** Loads the content on first use and keeps it until this storage is freed. */
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

  /** Loads the content for the function alone, unless it is loaded already. */
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
      T result = MappedFile.reading(() -> reader.apply(fetched));
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

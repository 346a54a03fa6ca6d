package io.github.maskalign.tensor.io;

import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file mapped into memory, read-only. If another program truncates the file, access to the
 * missing part raises an {@link InternalError} that names nothing; {@link #reading} turns it into
 * an exception that names the file. Thread-safe.
 *
 * @since 0.1.0
 */
public final class MappedFile implements AutoCloseable {

  /** All of the process: a fault tells neither the file nor the address. */
  private static final Set<MappedFile> OPEN = ConcurrentHashMap.newKeySet();

  private final Path path;

  /** Identifies the file if another one is renamed over it; null on systems without such keys. */
  private final @Nullable Object key;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;

  private MappedFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    try {
      this.segment = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      this.key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      throw e;
    }
    OPEN.add(this);
  }

  /**
   * Maps a file.
   *
   * @throws FormatException if it is not a regular file
   * @throws IOException if it is missing or cannot be read
   */
  public static MappedFile open(Path path) throws IOException {
    BoundedFiles.requireRegular(path);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new MappedFile(path, channel);
    }
  }

  /** Maps an open file, which may be closed afterwards. */
  public static MappedFile of(Path path, FileChannel channel) throws IOException {
    return new MappedFile(path, channel);
  }

  /**
   * Reads from mapped files.
   *
   * @throws FormatException if a file was truncated meanwhile
   */
  public static <T> T reading(Supplier<T> read) {
    try {
      return read.get();
    } catch (InternalError e) {
      throw truncation(e).orElseThrow(() -> e);
    }
  }

  /** The exception that names the truncated file which caused a fault; empty if none is. */
  public static Optional<FormatException> truncation(InternalError fault) {
    for (MappedFile file : OPEN) {
      try {
        file.requireWhole();
      } catch (FormatException truncated) {
        truncated.initCause(fault);
        return Optional.of(truncated);
      } catch (ClosedException closed) {
        continue;
      }
    }
    return Optional.empty();
  }

  /** The path with which the file was opened. */
  public Path path() {
    return path;
  }

  /** The content, until this is closed. */
  public MemorySegment segment() {
    return segment;
  }

  /** Whether it has not been closed. */
  public boolean isOpen() {
    return arena.scope().isAlive();
  }

  /**
   * Checks that the file has not become shorter, which takes some microseconds.
   *
   * @throws FormatException if it has
   * @throws ClosedException if this is closed
   */
  public void requireWhole() {
    if (!isOpen()) {
      throw new ClosedException(path + ": used after close");
    }
    BasicFileAttributes now;
    try {
      // Not by a channel, which is closed if the thread that asks is interrupted.
      now = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (IOException deleted) {
      return; // the mapping keeps the content
    }
    if (key != null && key.equals(now.fileKey()) && now.size() < segment.byteSize()) {
      throw new FormatException(
          ("%s was truncated while in use, from %d to %d bytes; restore it, and replace files by"
                  + " renaming a new file over them")
              .formatted(path, segment.byteSize(), now.size()));
    }
  }

  /**
   * Unmaps the file, which invalidates {@link #segment}; closing again has no effect.
   *
   * @throws IllegalStateException if native code is using the content; then the file remains open
   */
  @Override
  public synchronized void close() {
    if (isOpen()) {
      arena.close();
      OPEN.remove(this);
    }
  }

  @Override
  public String toString() {
    return "MappedFile[" + path + "]";
  }
}

package io.github.maskalign.teacher.cache;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of numbered records behind a head. Records are read through a mapping but not written
 * through it, so that a full disk is an error and no crash. They count only if their checksum
 * holds; whatever cuts writing off, what is left of a record is not taken for one.
 */
final class CacheFile implements AutoCloseable {

  /** How bytes reach the file; tests let it fail. */
  @FunctionalInterface
  interface Output {
    int write(FileChannel file, ByteBuffer from, long at) throws IOException;
  }

  private final Path path;
  private final FileChannel channel;
  private final long headBytes;
  private final RecordFormat format;
  private final Output output;
  private Arena arena;
  private MemorySegment mapped;

  private CacheFile(
      Path path, FileChannel channel, long headBytes, RecordFormat format, Output output)
      throws IOException {
    this.path = path;
    this.channel = channel;
    this.headBytes = headBytes;
    this.format = format;
    this.output = output;
    this.arena = Arena.ofShared();
    this.mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
  }

  /**
   * Opens a file, or creates one without records.
   *
   * @throws FormatException if its head is not that of the key
   */
  static CacheFile open(Path path, CacheKey key, RecordFormat format, Output output)
      throws IOException {
    byte[] head = key.head();
    if (!Files.exists(path)) {
      create(path, head);
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      key.requireIn(channel, path.toString());
      return new CacheFile(path, channel, head.length, format, output);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void create(Path path, byte[] head) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    AtomicFile.write(path, head);
  }

  Path path() {
    return path;
  }

  /** Bytes of the file. */
  long size() throws IOException {
    return channel.size();
  }

  /** Whether a record was there when the file was mapped, and is undamaged. */
  boolean isWhole(long number) {
    MemorySegment record = find(number);
    return record != null && format.isWhole(number, record);
  }

  /**
   * A record, valid until {@link #remap} or {@link #close}.
   *
   * @throws FormatException if it is damaged or missing
   */
  MemorySegment record(long number) {
    MemorySegment record = find(number);
    if (record == null || !format.isWhole(number, record)) {
      throw new FormatException(
          "teacher cache %s: record %d is %s; go on from the last checkpoint, which makes it anew"
              .formatted(path, number, record == null ? "missing" : "damaged"));
    }
    return record;
  }

  private @Nullable MemorySegment find(long number) {
    Objects.checkIndex(number, Long.MAX_VALUE);
    long at = headBytes + number * format.bytes();
    boolean inside = at + format.bytes() <= mapped.byteSize();
    return inside ? mapped.asSlice(at, format.bytes()) : null;
  }

  /** Writes sealed records, the first of the given number. */
  void write(long first, MemorySegment records) throws IOException {
    ByteBuffer from = records.asByteBuffer();
    long at = headBytes + first * format.bytes();
    try {
      while (from.hasRemaining()) {
        at += output.write(channel, from, at);
      }
    } catch (IOException e) {
      throw new IOException(
          "teacher cache %s: %s; make room, or name another folder for it; what it holds so far is kept"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  /**
   * Refuses to begin what the disk has no room for.
   *
   * @param records the last record that will be written, plus one
   */
  void requireRoom(long records) throws IOException {
    long needed = headBytes + records * format.bytes() - channel.size();
    long free = Files.getFileStore(path).getUsableSpace();
    if (needed > free) {
      throw new IOException(
          "teacher cache %s: needs %,d MB more, and the disk has %,d MB left; make room, or name another folder for it"
              .formatted(path, needed >> 20, free >> 20));
    }
  }

  /** Sees what was written since. */
  void remap() throws IOException {
    arena.close();
    arena = Arena.ofShared();
    mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
  }

  /** Only one may write; closing the lock lets others. */
  FileLock lock() throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // Another user in this process, which the next line says as well.
    }
    throw new IOException(
        "teacher cache %s: another run is filling it; wait for that, or name another folder"
            .formatted(path));
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      arena.close();
    }
  }
}

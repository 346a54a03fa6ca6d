package io.github.maskalign.teacher.cache;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.tensor.io.MappedFile;
import io.github.maskalign.tensor.io.WriterLock;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of numbered records after a header. Records are read through a memory mapping but not
 * written through it, so that a full disk raises an error instead of crashing the JVM. A record is
 * valid only if its checksum matches, so a partly written one is never used.
 */
final class CacheFile implements AutoCloseable {

  /** Writes bytes to the file; tests replace it to simulate failures. */
  @FunctionalInterface
  interface Output {
    int write(FileChannel file, ByteBuffer from, long at) throws IOException;
  }

  private final Path path;
  private final FileChannel channel;
  private final long headBytes;
  private final RecordFormat format;
  private final Output output;
  private MappedFile mapped;

  private CacheFile(
      Path path, FileChannel channel, long headBytes, RecordFormat format, Output output)
      throws IOException {
    this.path = path;
    this.channel = channel;
    this.headBytes = headBytes;
    this.format = format;
    this.output = output;
    this.mapped = MappedFile.of(path, channel);
  }

  /**
   * Opens a file, or creates one without records.
   *
   * @throws FormatException if its header does not match the key
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

  /** Whether a record was in the file when it was mapped, and is undamaged. */
  boolean isWhole(long number) {
    MemorySegment record = find(number);
    return record != null && isWhole(number, record);
  }

  /**
   * A record, valid until {@link #remap} or {@link #close}.
   *
   * @throws FormatException if it is damaged or missing
   */
  MemorySegment record(long number) {
    MemorySegment record = find(number);
    if (record == null || !isWhole(number, record)) {
      throw new FormatException(
          "teacher cache %s: record %d is %s; resume the run from its last checkpoint, which recomputes it"
              .formatted(path, number, record == null ? "missing" : "damaged"));
    }
    return record;
  }

  private boolean isWhole(long number, MemorySegment record) {
    mapped.requireWhole();
    return MappedFile.reading(() -> format.isWhole(number, record));
  }

  private @Nullable MemorySegment find(long number) {
    Objects.checkIndex(number, Long.MAX_VALUE);
    long at = headBytes + number * format.bytes();
    MemorySegment all = mapped.segment();
    return at + format.bytes() <= all.byteSize() ? all.asSlice(at, format.bytes()) : null;
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
          "teacher cache %s: %s; free space on the disk, or name another folder; records written so far remain valid"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  /**
   * Checks that the disk has room for the records.
   *
   * @param records the last record that will be written, plus one
   */
  void requireRoom(long records) throws IOException {
    long needed = headBytes + records * format.bytes() - channel.size();
    long free = Files.getFileStore(path).getUsableSpace();
    if (needed > free) {
      throw new IOException(
          "teacher cache %s: needs %,d MB more, and the disk has %,d MB left; free space on the disk, or name another folder"
              .formatted(path, Math.ceilDiv(needed, 1_000_000), free / 1_000_000));
    }
  }

  /** Maps the file again, to read what was written since. */
  void remap() throws IOException {
    mapped.close();
    mapped = MappedFile.of(path, channel);
  }

  /**
   * Locks the file for writing.
   *
   * @throws io.github.maskalign.tensor.error.StateException if another run is filling it
   */
  WriterLock lock() throws IOException {
    return WriterLock.acquire(
        channel, path, "teacher cache " + path, "name another folder with --teacher-cache-dir");
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      mapped.close();
    }
  }
}

package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes named vectors [D] to a file that {@link VectorIndex} opens. Vectors are written as they
 * are added; their names stay in memory until {@link #finish}, which creates or replaces the
 * target.
 *
 * <pre>{@code
 * try (VectorIndexWriter writer = VectorIndexWriter.create(target, embedder.width(), digest)) {
 *   writer.add("cat.jpg", embedder.embed(Path.of("cat.jpg")));
 *   writer.finish();
 * }
 * }</pre>
 *
 * <p>Thread-safe; rows are in the order of the calls.
 *
 * @since 0.1.0
 */
public final class VectorIndexWriter implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 20;

  private final Path target;
  private final AtomicFile file;
  private final int width;
  private final byte[] model;
  private final List<byte[]> names = new ArrayList<>();
  private final List<Integer> checksums = new ArrayList<>();
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer row;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private VectorIndexWriter(Path target, int width, byte[] model) throws IOException {
    this.target = target.toAbsolutePath();
    this.width = width;
    this.model = model;
    this.row = littleEndian(width * Float.BYTES);
    this.file = AtomicFile.create(target);
    file.channel().position(IndexHeader.BYTES);
  }

  /**
   * Creates an index.
   *
   * @param target written when this is finished
   * @param width length of a vector, D
   * @param model {@link ModelDigest#of} the model of the vectors
   * @throws UncheckedIOException if the folder cannot be written to
   */
  public static VectorIndexWriter create(Path target, int width, String model) {
    if (width < 1 || width > IndexHeader.MAX_WIDTH) {
      throw new ArgumentException(
          "vector index: the width is %d, must be 1 to %d".formatted(width, IndexHeader.MAX_WIDTH));
    }
    if (Files.isDirectory(target)) {
      throw new ArgumentException("vector index: " + target + " is a folder; name a file");
    }
    try {
      return new VectorIndexWriter(target, width, IndexHeader.model(model));
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  private static UncheckedIOException failed(Path target, IOException e) {
    return new UncheckedIOException("cannot write the vector index " + target, e);
  }

  /**
   * Adds a vector, scaled to unit length.
   *
   * @param name of up to 65,536 bytes in UTF-8
   * @throws io.github.maskalign.tensor.error.ShapeException if it does not have the width of this
   *     index
   * @throws ArgumentException if it contains infinity or NaN
   * @throws FormatException if the name is too long, or the index is full
   * @throws UncheckedIOException if the disk is full
   */
  public synchronized void add(String name, float[] vector) {
    float[] unit = UnitVectors.of(vector, width);
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > IndexHeader.MAX_NAME_BYTES || names.size() == IndexHeader.MAX_VECTORS) {
      throw new FormatException(
          "vector index: vector %d has a name of %d bytes; the limits are %d bytes and %d vectors"
              .formatted(
                  names.size(), bytes.length, IndexHeader.MAX_NAME_BYTES, IndexHeader.MAX_VECTORS));
    }
    row.asFloatBuffer().put(unit);
    try {
      put(row.array());
    } catch (IOException e) {
      throw failed(target, e);
    }
    names.add(bytes);
    if (names.size() % IndexHeader.BLOCK_ROWS == 0) {
      endBlock();
    }
  }

  /** Number of vectors added. */
  public synchronized int size() {
    return names.size();
  }

  /**
   * Writes the names and the header and moves the file into place; nothing can be added afterwards.
   *
   * @throws UncheckedIOException if the disk is full, or this was finished or closed before
   */
  public synchronized void finish() {
    try {
      if (names.size() % IndexHeader.BLOCK_ROWS != 0) {
        endBlock();
      }
      ByteBuffer end = littleEndian(Long.BYTES);
      for (byte[] name : names) {
        put(end.putLong(0, end.getLong(0) + name.length).array());
      }
      for (byte[] name : names) {
        put(name);
      }
      endBlock();
      ByteBuffer head = littleEndian(IndexHeader.BYTES);
      new IndexHeader(IndexHeader.VERSION, width, names.size(), end.getLong(0), model)
          .write(MemorySegment.ofBuffer(head));
      crc.update(head.array());
      put(bytes(checksums));
      put(bytes(List.of((int) crc.getValue())));
      flush();
      file.channel().position(0);
      buffer.put(head.array());
      flush();
      file.commit();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Ends what one checksum covers. */
  private void endBlock() {
    checksums.add((int) crc.getValue());
    crc.reset();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(List<Integer> numbers) {
    ByteBuffer bytes = littleEndian(numbers.size() * Integer.BYTES);
    numbers.forEach(bytes::putInt);
    return bytes.array();
  }

  /** Writes bytes and adds them to the checksum. */
  private void put(byte[] bytes) throws IOException {
    crc.update(bytes);
    for (int at = 0; at < bytes.length; ) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int length = Math.min(bytes.length - at, buffer.remaining());
      buffer.put(bytes, at, length);
      at += length;
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    file.write(buffer);
    buffer.clear();
  }

  /** Deletes the unfinished file; has no effect after {@link #finish}. */
  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }
}

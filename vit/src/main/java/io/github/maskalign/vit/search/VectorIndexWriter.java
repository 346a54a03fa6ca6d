package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes named vectors [D] to a file that {@link VectorIndex} opens. Vectors go to disk as they
 * come; their names stay in memory until {@link #finish}, before which the target is as it was.
 *
 * <pre>{@code
 * try (VectorIndexWriter writer = VectorIndexWriter.create(target, embedder.width(), digest)) {
 *   writer.add("cat.jpg", embedder.embed(Path.of("cat.jpg")));
 *   writer.finish();
 * }
 * }</pre>
 *
 * <p>Safe for several threads, whose order is that of the rows.
 *
 * @since 0.1.0
 */
public final class VectorIndexWriter implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 20;

  private final Path target;
  private final AtomicFile file;
  private final FileChannel channel;
  private final int width;
  private final byte[] model;
  private final List<byte[]> names = new ArrayList<>();
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private VectorIndexWriter(Path target, int width, byte[] model) throws IOException {
    this.target = target.toAbsolutePath();
    this.width = width;
    this.model = model;
    this.file = AtomicFile.create(target);
    this.channel = file.channel();
    channel.position(IndexHead.BYTES);
  }

  /**
   * Begins an index.
   *
   * @param target replaced when this is finished
   * @param width length of a vector, D
   * @param model what {@link ModelDigest#of} says of the model that makes the vectors
   * @throws UncheckedIOException if the folder cannot be written to
   */
  public static VectorIndexWriter create(Path target, int width, String model) {
    if (width < 1 || width > IndexHead.MAX_WIDTH) {
      throw new IllegalArgumentException(
          "vector index: vectors of %d numbers; must be 1 to %d"
              .formatted(width, IndexHead.MAX_WIDTH));
    }
    if (Files.isDirectory(target)) {
      throw new IllegalArgumentException("vector index: " + target + " is a folder; name a file");
    }
    try {
      return new VectorIndexWriter(target, width, IndexHead.model(model));
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  private static UncheckedIOException failed(Path target, IOException e) {
    return new UncheckedIOException("cannot write the vector index " + target, e);
  }

  /**
   * Adds a vector, which is scaled to length 1.
   *
   * @param name of up to 65,536 bytes in UTF-8
   * @throws io.github.maskalign.tensor.error.ShapeException if it is not of this index's width
   * @throws IllegalArgumentException if it holds infinity or not-a-number
   * @throws FormatException if the name is too long, or the index full
   * @throws UncheckedIOException if the disk is full
   */
  public synchronized void add(String name, float[] vector) {
    float[] unit = UnitVectors.of(vector, width);
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > IndexHead.MAX_NAME_BYTES || names.size() == IndexHead.MAX_VECTORS) {
      throw new FormatException(
          "vector index: vector %d has a name of %d bytes; there is room for %d, and for %d vectors"
              .formatted(
                  names.size(), bytes.length, IndexHead.MAX_NAME_BYTES, IndexHead.MAX_VECTORS));
    }
    try {
      for (float value : unit) {
        room(Float.BYTES).putFloat(value);
      }
    } catch (IOException e) {
      throw failed(target, e);
    }
    names.add(bytes);
  }

  /** How many vectors were added. */
  public synchronized int size() {
    return names.size();
  }

  /**
   * Writes the names and the head, and gives the file its name; nothing can be added any more.
   *
   * @throws UncheckedIOException if the disk is full, or this was finished or closed before
   */
  public synchronized void finish() {
    try {
      long end = 0;
      for (byte[] name : names) {
        end += name.length;
        room(Long.BYTES).putLong(end);
      }
      for (byte[] name : names) {
        room(name.length).put(name);
      }
      flush();
      IndexHead head = new IndexHead(width, names.size(), end, model);
      head.write(MemorySegment.ofBuffer(buffer));
      channel.position(0);
      buffer.limit(IndexHead.BYTES);
      drain();
      file.commit();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** The buffer, with room for so many bytes. */
  private ByteBuffer room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
    return buffer;
  }

  private void flush() throws IOException {
    buffer.flip();
    drain();
  }

  private void drain() throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /** Removes what was written, unless it was finished. */
  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }
}

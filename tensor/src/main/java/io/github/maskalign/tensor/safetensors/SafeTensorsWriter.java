package io.github.maskalign.tensor.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.io.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects tensors and writes them as one safetensors file. The same content always gives the same
 * bytes: metadata sorted by key, tensors by descending element size and then by name, as in the
 * reference implementation. With the header padded to a multiple of 8 bytes, every element is
 * aligned.
 *
 * <pre>{@code
 * new SafeTensorsWriter()
 *     .metadata("format", "pt")
 *     .add("norm.weight", SafeDType.F32, Shape.of(192), segment)
 *     .write(path);
 * }</pre>
 *
 * @since 0.1.0
 */
public final class SafeTensorsWriter {

  private static final int ALIGNMENT = 8;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final JsonFactory JSON = new JsonFactory();

  private record Item(String name, SafeDType dtype, Shape shape, MemorySegment data) {}

  private final Map<String, Item> items = new LinkedHashMap<>();
  private final Map<String, String> metadata = new TreeMap<>();

  /** Creates a writer without tensors. */
  public SafeTensorsWriter() {}

  /**
   * Sets a metadata entry.
   *
   * @throws FormatException if a string cannot be encoded as UTF-8
   */
  public SafeTensorsWriter metadata(String key, String value) {
    requireText(key);
    requireText(value);
    metadata.put(key, value);
    return this;
  }

  /**
   * Adds a tensor. The data, little-endian and row-major, is read when the file is written and must
   * remain valid until then.
   *
   * @throws FormatException if the name is a duplicate, is reserved, or cannot be encoded as UTF-8
   * @throws ShapeException if the size of the data differs from that of shape and element type
   */
  public SafeTensorsWriter add(String name, SafeDType dtype, Shape shape, MemorySegment data) {
    requireText(name);
    if (name.equals(Header.METADATA)) {
      throw new FormatException("tensor name " + Header.METADATA + " is reserved by the format");
    }
    if (items.containsKey(name)) {
      throw new FormatException("duplicate tensor " + Header.quote(name));
    }
    // Dividing, since the product could overflow.
    long bits = data.byteSize() * Byte.SIZE;
    if (bits % dtype.bits() != 0 || bits / dtype.bits() != shape.size()) {
      throw new ShapeException(
          "tensor %s: %d bytes of data do not match shape %s of %s"
              .formatted(Header.quote(name), data.byteSize(), shape, dtype));
    }
    items.put(name, new Item(name, dtype, shape, data));
    return this;
  }

  /** Adds a tensor of type F32 from an array, which is read when the file is written. */
  public SafeTensorsWriter add(String name, Shape shape, float[] values) {
    return add(name, SafeDType.F32, shape, MemorySegment.ofArray(values));
  }

  /**
   * Writes the file under a temporary name in the same directory, forces it to disk and renames it.
   * A crash, a full disk or any exception leaves the previous file at {@code target}; a temporary
   * file remains only if the process itself died.
   *
   * @throws UncheckedIOException if the file cannot be written
   * @throws FormatException if the header would exceed the format's limit of 100,000,000 bytes
   */
  public void write(Path target) {
    try {
      AtomicFile.write(target, this::writeTo);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write safetensors file " + target, e);
    }
  }

  /** Writes the file to a channel through one buffer of fixed size. */
  void writeTo(WritableByteChannel channel) throws IOException {
    List<Item> ordered = new ArrayList<>(items.values());
    ordered.sort(
        Comparator.comparingInt((Item item) -> -item.dtype().bytes()).thenComparing(Item::name));
    byte[] header = header(ordered);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(CHUNK_BYTES, ALIGNMENT);
      byte[] prefix =
          ByteBuffer.allocate(Header.PREFIX_BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(header.length)
              .array();
      copy(MemorySegment.ofArray(prefix), buffer, channel);
      copy(MemorySegment.ofArray(header), buffer, channel);
      for (Item item : ordered) {
        copy(item.data(), buffer, channel);
      }
    }
  }

  private byte[] header(List<Item> ordered) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(Header.METADATA);
        for (Map.Entry<String, String> note : metadata.entrySet()) {
          json.writeStringField(note.getKey(), note.getValue());
        }
        json.writeEndObject();
      }
      long offset = 0;
      for (Item item : ordered) {
        json.writeObjectFieldStart(item.name());
        json.writeStringField(Header.DTYPE, item.dtype().name());
        json.writeFieldName(Header.SHAPE);
        json.writeArray(item.shape().dims(), 0, item.shape().rank());
        long end = Math.addExact(offset, item.data().byteSize());
        json.writeArrayFieldStart(Header.OFFSETS);
        json.writeNumber(offset);
        json.writeNumber(end);
        json.writeEndArray();
        json.writeEndObject();
        offset = end;
      }
      json.writeEndObject();
    }
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(' ');
    }
    if (bytes.size() > Header.MAX_BYTES) {
      throw new FormatException(
          "header of %d bytes exceeds the limit of %d; write several files"
              .formatted(bytes.size(), Header.MAX_BYTES));
    }
    return bytes.toByteArray();
  }

  /** Uses a buffer, since channels accept byte arrays and native memory of at most 2 GiB only. */
  private static void copy(MemorySegment data, MemorySegment buffer, WritableByteChannel channel)
      throws IOException {
    for (long done = 0; done < data.byteSize(); ) {
      long count = Math.min(buffer.byteSize(), data.byteSize() - done);
      MemorySegment.copy(data, done, buffer, 0, count);
      ByteBuffer chunk = buffer.asSlice(0, count).asByteBuffer();
      while (chunk.hasRemaining()) {
        channel.write(chunk);
      }
      done += count;
    }
  }

  private static void requireText(String text) {
    if (!Header.isText(text)) {
      throw new FormatException(
          Header.quote(text) + " contains an unpaired surrogate, which UTF-8 cannot encode");
    }
  }
}

package io.github.maskalign.tensor.safetensors;

import io.github.maskalign.tensor.BFloat16;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.DTypeException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.io.MappedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file, mapped read-only into memory and fully validated when opened: little-endian
 * header length (u64), JSON header, tensor bytes. Any thread may read; the file must not change
 * while it is open. Supports files over 2 GiB.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 * @since 0.1.0
 */
public final class SafeTensorsFile implements AutoCloseable {

  private static final ValueLayout.OfFloat F32_LE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort BITS16_LE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * The header's entry of one tensor.
   *
   * @param dims axis sizes as stored; see {@link #shape()}
   * @param offset first byte, counted from the end of the header
   * @param bytes length of the data, determined by shape and element type
   */
  public record Entry(String name, SafeDType dtype, List<Long> dims, long offset, long bytes) {

    /** Copies {@code dims}. */
    public Entry {
      dims = List.copyOf(dims);
    }

    /** Number of elements. */
    public long elements() {
      return dims.stream().reduce(1L, Math::multiplyExact);
    }

    /**
     * Returns the axis sizes as a tensor shape.
     *
     * @throws ShapeException if the size of an axis overflows an int
     */
    public Shape shape() {
      int[] sizes = new int[dims.size()];
      for (int axis = 0; axis < sizes.length; axis++) {
        long size = dims.get(axis);
        if (size > Integer.MAX_VALUE) {
          throw new ShapeException(
              "tensor %s: axis %d has %d elements, the maximum of a tensor is %d"
                  .formatted(Header.quote(name), axis, size, Integer.MAX_VALUE));
        }
        sizes[axis] = (int) size;
      }
      return Shape.of(sizes);
    }

    /**
     * Returns the tensor element type of the data as stored.
     *
     * @throws DTypeException if tensors of this library have no such type
     */
    public DType tensorDType() {
      return dtype
          .dtype()
          .orElseThrow(
              () ->
                  new DTypeException(
                      "tensor %s is stored as %s, which tensors do not support; convert the file to"
                              .formatted(Header.quote(name), dtype)
                          + " F32, F16, BF16, F64, I64, I32 or U8"));
    }
  }

  private final Path path;
  private final MappedFile file;
  private final MemorySegment data;
  private final Map<String, String> metadata;
  private final Map<String, Entry> entries;

  private SafeTensorsFile(Path path, MappedFile file) {
    Header header = HeaderReader.read(path, file.segment());
    Map<String, Entry> byName = LinkedHashMap.newLinkedHashMap(header.entries().size());
    header.entries().forEach(entry -> byName.put(entry.name(), entry));
    this.path = path;
    this.file = file;
    this.data = file.segment().asSlice(header.dataStart());
    this.metadata = header.metadata();
    this.entries = Collections.unmodifiableMap(byName);
  }

  /**
   * Maps a file and validates its whole header; tensor bytes are read on access.
   *
   * @throws FormatException if the file violates the format
   * @throws UncheckedIOException if the file is missing or cannot be read
   */
  public static SafeTensorsFile open(Path path) {
    try {
      MappedFile file = MappedFile.open(path);
      try {
        return MappedFile.reading(() -> new SafeTensorsFile(path, file));
      } catch (RuntimeException | Error e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read safetensors file " + path, e);
    }
  }

  /** The file this was opened from. */
  public Path path() {
    return path;
  }

  /** The free-form metadata of the writer, possibly empty. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** All tensor names, in the order of their data in the file. */
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** Whether there is a tensor of this name. */
  public boolean contains(String name) {
    return entries.containsKey(name);
  }

  /**
   * Returns the header's entry of a tensor.
   *
   * @throws FormatException if there is no tensor of this name
   */
  public Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new FormatException(
          "%s: no tensor %s among %s"
              .formatted(path, Header.quote(name), Quantity.of(entries.size(), "tensor")));
    }
    return entry;
  }

  /**
   * Returns the bytes of a tensor, read-only, little-endian, row-major, until this file is closed.
   * Other writers may not align them, so read with {@code _UNALIGNED} layouts.
   *
   * @throws FormatException if there is no tensor of this name, or the file was truncated meanwhile
   * @throws ClosedException if this file is closed
   */
  public MemorySegment segment(String name) {
    Entry entry = entry(name);
    if (!file.isOpen()) {
      throw new ClosedException(
          "%s is closed; read tensor %s before closing it".formatted(path, Header.quote(name)));
    }
    file.requireWhole();
    return data.asSlice(entry.offset(), entry.bytes());
  }

  /**
   * Returns a copy of an F32, F16 or BF16 tensor, widened exactly to float.
   *
   * @throws FormatException if there is no tensor of this name
   * @throws DTypeException if the tensor has another type
   * @throws ShapeException if the tensor has too many elements for an array
   * @throws ClosedException if this file is closed
   */
  public float[] floats(String name) {
    Entry entry = entry(name);
    MemorySegment bytes = segment(name);
    if (entry.elements() > Integer.MAX_VALUE - 8) {
      throw new ShapeException(
          "%s: tensor %s has %d elements, too many for one array; use its segment"
              .formatted(path, Header.quote(name), entry.elements()));
    }
    return MappedFile.reading(() -> floats(entry, bytes));
  }

  private float[] floats(Entry entry, MemorySegment bytes) {
    float[] values = new float[(int) entry.elements()];
    switch (entry.dtype()) {
      case F32 -> MemorySegment.copy(bytes, F32_LE, 0, values, 0, values.length);
      case F16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.float16ToFloat(bytes.get(BITS16_LE, 2L * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = BFloat16.toFloat(bytes.get(BITS16_LE, 2L * i));
        }
      }
      default ->
          throw new DTypeException(
              "%s: tensor %s is stored as %s; only F32, F16 and BF16 read as float"
                  .formatted(path, Header.quote(entry.name()), entry.dtype()));
    }
    return values;
  }

  /** Unmaps the file, which invalidates its segments. Closing again has no effect. */
  @Override
  public void close() {
    file.close();
  }

  @Override
  public String toString() {
    return "SafeTensorsFile[" + path + ", " + entries.size() + " tensors]";
  }
}

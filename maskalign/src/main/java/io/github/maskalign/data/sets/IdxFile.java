package io.github.maskalign.data.sets;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.io.AbsentContent;
import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.tensor.io.RegularFiles;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file of bytes in the IDX format, which MNIST and its successors use: two zero bytes, the
 * element type (8 for bytes, the only one read here), the number of axes, each axis as a big-endian
 * 32-bit number, then the elements, row-major. Gzip around it is recognized by its first bytes.
 *
 * @param shape sizes of the axes
 * @param values the elements, {@code shape.size()} of them
 * @since 0.1.0
 */
public record IdxFile(Shape shape, byte[] values) {

  private static final int UNSIGNED_BYTE = 0x08;
  private static final int MAX_AXES = 4;
  private static final int GZIP_MAGIC = 0x1f8b;

  /** No gzip data expands more. */
  private static final int MAX_EXPANSION = 1032;

  /**
   * Reads a file, plain or gzip.
   *
   * @throws FormatException if it is not a whole IDX file of bytes
   * @throws OutOfMemoryException if Java's heap cannot have its content
   * @throws UncheckedIOException if it cannot be read
   */
  public static IdxFile read(Path path) {
    String name = FileNames.text(path);
    try (InputStream in = RegularFiles.newInputStream(path)) {
      AbsentContent.refuse(path);
      return read(in, Files.size(path), name);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  /**
   * Reads a stream, plain or gzip, to its end.
   *
   * @param length of the stream
   * @param name used in error messages
   */
  static IdxFile read(InputStream in, long length, String name) throws IOException {
    try {
      BufferedInputStream buffered = new BufferedInputStream(in);
      return isGzip(buffered)
          ? parse(new GZIPInputStream(buffered), MAX_EXPANSION * length, name)
          : parse(buffered, length, name);
    } catch (ZipException e) {
      throw new FormatException(name + ": damaged gzip data: " + e.getMessage(), e);
    } catch (EOFException e) {
      throw new FormatException(name + ": ends inside its gzip data; copy the file again", e);
    }
  }

  private static boolean isGzip(BufferedInputStream in) throws IOException {
    in.mark(2);
    int magic = in.read() << 8 | in.read();
    in.reset();
    return magic == GZIP_MAGIC;
  }

  /**
   * Parses the content of a file.
   *
   * @param max bytes that the file can contain
   */
  private static IdxFile parse(InputStream in, long max, String name) throws IOException {
    byte[] start = header(in, 4, name);
    if (start[0] != 0 || start[1] != 0) {
      throw new FormatException(name + ": not an IDX file, which starts with two zero bytes");
    }
    if (start[2] != UNSIGNED_BYTE) {
      throw new FormatException(
          "%s: IDX element type 0x%02x; only 0x08, bytes, can be read".formatted(name, start[2]));
    }
    int axes = start[3];
    if (axes < 1 || axes > MAX_AXES) {
      throw new FormatException(name + ": " + axes + " axes; must be 1 to " + MAX_AXES);
    }
    Shape shape = shape(ByteBuffer.wrap(header(in, axes * Integer.BYTES, name)), axes, name);
    int size = (int) shape.size();
    if (size > max) {
      throw new FormatException(
          "%s: too short for the %,d bytes that its shape %s demands; copy the file again"
              .formatted(name, size, shape));
    }
    JavaMemory.require(size, name);
    byte[] values = new byte[size];
    int read = in.readNBytes(values, 0, size);
    if (read < size) {
      throw new FormatException(
          "%s: ends after %,d of the %,d bytes that its shape %s demands; copy the file again"
              .formatted(name, read, size, shape));
    }
    if (in.read() >= 0) {
      throw new FormatException(
          name + ": has more bytes than the " + size + " that its shape " + shape + " demands");
    }
    return new IdxFile(shape, values);
  }

  private static byte[] header(InputStream in, int count, String name) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new FormatException(name + ": ends inside the IDX header; copy the file again");
    }
    return bytes;
  }

  private static Shape shape(ByteBuffer sizes, int axes, String name) {
    int[] dims = new int[axes];
    long size = 1;
    for (int axis = 0; axis < axes; axis++) {
      dims[axis] = sizes.getInt();
      if (dims[axis] < 0) {
        throw new FormatException(
            "%s: axis %d has size %d".formatted(name, axis, dims[axis] & 0xFFFFFFFFL));
      }
      size *= dims[axis];
      if (size > Integer.MAX_VALUE - 8) {
        throw new FormatException(name + ": its shape demands more than 2 GiB");
      }
    }
    return Shape.of(dims);
  }
}

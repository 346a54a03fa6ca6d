package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfFloat;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The header of an index file and the layout of the file, little-endian:
 *
 * <pre>
 *   0  magic "MAVECTOR"          32  SHA-256 of the model
 *   8  int version               64  vectors, float [count, width]
 *  12  int width                 ..  end of each name, long [count]
 *  16  long count                ..  names, UTF-8, concatenated
 *  24  long bytes of all names   ..  checksums (CRC-32C), int: one per {@value #BLOCK_ROWS}
 *                                    vectors, of the names and their ends, of the header and
 *                                    the checksums before
 * </pre>
 *
 * <p>Version 1, which this library wrote before, has no checksums.
 */
record IndexHeader(int version, int width, long count, long nameBytes, byte[] model) {

  static final int BYTES = 64;
  static final int MODEL_BYTES = 32;

  /** Maximum length of a name. */
  static final int MAX_NAME_BYTES = 1 << 16;

  /** Maximum width of a vector; with {@link #MAX_VECTORS} the file size cannot overflow. */
  static final int MAX_WIDTH = 1 << 24;

  /** Maximum number of rows, the limit of an array. */
  static final int MAX_VECTORS = Integer.MAX_VALUE - 8;

  static final OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** "MAVECTOR" as a little-endian number. */
  private static final long MAGIC = 0x524f54434556414dL;

  static final int VERSION = 2;

  private static final int WITHOUT_CHECKSUMS = 1;

  /** Number of vectors that share a checksum. */
  static final int BLOCK_ROWS = 2048;

  /**
   * Reads and checks the header of a file.
   *
   * @param name for messages
   * @throws FormatException if it is not an index, or its size does not match the header
   */
  static IndexHeader read(MemorySegment file, String name) {
    long size = file.byteSize();
    if (size < BYTES || file.get(LONG, 0) != MAGIC) {
      throw new FormatException(name + " is not a vector index, or is truncated");
    }
    int version = file.get(INT, 8);
    if (version != VERSION && version != WITHOUT_CHECKSUMS) {
      throw new FormatException(
          "%s: a vector index of version %d, this library reads up to %d; create it again"
              .formatted(name, version, VERSION));
    }
    byte[] model = file.asSlice(32, MODEL_BYTES).toArray(ValueLayout.JAVA_BYTE);
    IndexHeader head =
        new IndexHeader(version, file.get(INT, 12), file.get(LONG, 16), file.get(LONG, 24), model);
    if (head.width < 1 || head.width > MAX_WIDTH || head.count < 0 || head.count > MAX_VECTORS) {
      throw new FormatException(
          "%s: invalid header of %d vectors of %d values; create the index again"
              .formatted(name, head.count, head.width));
    }
    if (head.nameBytes < 0 || head.nameBytes > size || head.fileBytes() != size) {
      throw new FormatException(
          ("%s: %d bytes do not match %d vectors of %d values and their names; create the index"
                  + " again")
              .formatted(name, size, head.count, head.width));
    }
    return head;
  }

  void write(MemorySegment target) {
    target.set(LONG, 0, MAGIC);
    target.set(INT, 8, version);
    target.set(INT, 12, width);
    target.set(LONG, 16, count);
    target.set(LONG, 24, nameBytes);
    MemorySegment.copy(model, 0, target, ValueLayout.JAVA_BYTE, 32, MODEL_BYTES);
  }

  /** Offset of a vector. */
  long vectorAt(long row) {
    return BYTES + row * width * Float.BYTES;
  }

  /** Offset of the end position of a name. */
  long nameEndAt(long row) {
    return vectorAt(count) + row * Long.BYTES;
  }

  /** Offset of the names. */
  long namesAt() {
    return nameEndAt(count);
  }

  boolean hasChecksums() {
    return version != WITHOUT_CHECKSUMS;
  }

  /** Number of checksums of vectors. */
  int blocks() {
    return Math.toIntExact(Math.ceilDiv(count, BLOCK_ROWS));
  }

  /** Offset of the checksum of a block of vectors. */
  long blockChecksumAt(int block) {
    return namesAt() + nameBytes + (long) block * Integer.BYTES;
  }

  /** Offset of the checksum of the names and their ends. */
  long nameChecksumAt() {
    return blockChecksumAt(blocks());
  }

  /** Offset of the checksum of the header and of all checksums before. */
  long headChecksumAt() {
    return nameChecksumAt() + Integer.BYTES;
  }

  private long fileBytes() {
    return hasChecksums() ? headChecksumAt() + Integer.BYTES : namesAt() + nameBytes;
  }

  /** The model's digest in hexadecimal. */
  String modelDigest() {
    return HexFormat.of().formatHex(model);
  }

  /**
   * Parses a hexadecimal digest.
   *
   * @throws ArgumentException if it is malformed
   */
  static byte[] model(String digest) {
    byte[] bytes;
    try {
      bytes = HexFormat.of().parseHex(digest);
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (bytes.length != MODEL_BYTES) {
      throw new ArgumentException(
          ("vector index: '%s' is not a model digest; use the %d hexadecimal digits of"
                  + " ModelDigest.of")
              .formatted(digest, 2 * MODEL_BYTES));
    }
    return bytes;
  }
}

package io.github.maskalign.vit.image.metadata;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads the orientation in EXIF data: a TIFF header and its first directory. Damaged data have
 * none. Every numeric type is accepted, also those that the standard does not allow; like Pillow,
 * not text and bytes.
 */
final class ExifOrientation {
  private static final int HEADER = 8;
  private static final int ENTRY = 12;
  private static final int FIELD = 4;
  private static final int TAG = 0x0112;
  private static final byte[] PREFIX = {'E', 'x', 'i', 'f', 0, 0};

  private final ByteBuffer data;

  private ExifOrientation(ByteBuffer data) {
    this.data = data;
  }

  static OptionalInt read(ByteBuffer exif) {
    ByteBuffer data = exif.slice();
    ByteBuffer prefix = ByteBuffer.wrap(PREFIX);
    for (int i = 0; i < 2 && data.limit() >= PREFIX.length; i++) {
      if (data.slice(0, PREFIX.length).equals(prefix)) {
        data = data.slice(PREFIX.length, data.limit() - PREFIX.length);
      }
    }
    if (data.limit() < HEADER || data.get(0) != data.get(1)) {
      return OptionalInt.empty();
    }
    byte first = data.get(0);
    // 42, in either order of its bytes
    boolean known = data.get(2) + data.get(3) == 42 && data.get(2) * data.get(3) == 0;
    if (first != 'I' && first != 'M' || !known) {
      return OptionalInt.empty();
    }
    data.order(first == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    return new ExifOrientation(data).directory();
  }

  /**
   * Of several entries of a tag the first counts. Values that are larger than all data are passed
   * over; the first one beyond the end of the data ends the directory.
   */
  private OptionalInt directory() {
    long start = data.getInt(4) & 0xffffffffL;
    if (start > data.limit() - 2) {
      return OptionalInt.empty();
    }
    int entries = data.getShort((int) start) & 0xffff;
    int at = (int) start + 2;
    BitSet read = new BitSet();
    long total = 0;
    for (int i = 0; i < entries && at <= data.limit() - ENTRY; i++, at += ENTRY) {
      int tag = data.getShort(at) & 0xffff;
      Type type = Type.of(data.getShort(at + 2));
      long size = type == null ? 0 : (data.getInt(at + 4) & 0xffffffffL) * type.bytes;
      if (type == null || size == 0 || read.get(tag)) {
        continue;
      }
      long value = at + 8;
      if (size > FIELD) {
        value = data.getInt(at + 8) & 0xffffffffL;
        total += size;
        if (total > data.limit()) {
          continue;
        }
        if (value + size > data.limit()) {
          break;
        }
      }
      if (tag == TAG) {
        return OptionalInt.of(type.number(data, (int) value));
      }
      read.set(tag);
    }
    return OptionalInt.empty();
  }

  /** Types of values (TIFF 6.0 section 2, and later supplements). */
  private enum Type {
    BYTE(1, 1),
    ASCII(2, 1),
    SHORT(3, 2),
    LONG(4, 4),
    RATIONAL(5, 8),
    SBYTE(6, 1),
    UNDEFINED(7, 1),
    SSHORT(8, 2),
    SLONG(9, 4),
    SRATIONAL(10, 8),
    FLOAT(11, 4),
    DOUBLE(12, 8),
    IFD(13, 4),
    LONG8(16, 8);

    private final int code;
    private final int bytes;

    Type(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    static @Nullable Type of(int code) {
      for (Type type : values()) {
        if (type.code == code) {
          return type;
        }
      }
      return null;
    }

    /** The number at an index; 0, which is no orientation, if it is none or not whole. */
    int number(ByteBuffer data, int at) {
      return switch (this) {
        case BYTE, ASCII, UNDEFINED -> 0;
        case SBYTE -> data.get(at);
        case SHORT, SSHORT -> data.getShort(at);
        case LONG, SLONG, IFD -> data.getInt(at);
        case LONG8 -> whole(data.getLong(at));
        case FLOAT -> whole(data.getFloat(at));
        case DOUBLE -> whole(data.getDouble(at));
        case RATIONAL, SRATIONAL -> whole((double) data.getInt(at) / data.getInt(at + 4));
      };
    }

    private static int whole(double value) {
      int number = (int) value;
      return number == value ? number : 0;
    }
  }
}

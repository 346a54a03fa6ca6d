package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the entries of a zip archive in memory are. Only stored entries are known, which is how
 * torch writes: their bytes are read in place, and nothing can swell.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE</a>, 4.3
 */
final class ZipDirectory {

  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;

  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_BYTES = 46;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_BYTES = 20;
  private static final int MAX_COMMENT = 0xffff;

  private static final int ENCRYPTED = 1;
  private static final int STORED = 0;
  private static final int EXTRA_64 = 1;
  private static final long IN_EXTRA = 0xffffffffL;

  private final String description;
  private final MemorySegment bytes;
  private final Map<String, MemorySegment> entries = new LinkedHashMap<>();

  /**
   * Reads the central directory.
   *
   * @throws FormatException if it is damaged, or an entry is compressed or encrypted
   */
  ZipDirectory(String description, MemorySegment bytes) {
    this.description = description;
    this.bytes = bytes;
    readCentral();
  }

  /** Whether these bytes begin as an archive does. */
  static boolean begins(MemorySegment bytes) {
    return bytes.byteSize() >= Integer.BYTES && bytes.get(layout32(), 0) == LOCAL;
  }

  /** The entries by name, in the order of the directory. */
  Map<String, MemorySegment> entries() {
    return entries;
  }

  @Nullable MemorySegment get(String name) {
    return entries.get(name);
  }

  private void readCentral() {
    long end = findEnd();
    long at = u32(end + 16);
    long size = u32(end + 12);
    long count = u16(end + 10);
    if (end >= LOCATOR_BYTES && u32(end - LOCATOR_BYTES) == LOCATOR_64) {
      long end64 = i64(end - LOCATOR_BYTES + 8);
      if (u32(end64) != END_64) {
        throw fault("its end record of 64 bits is not where it should be");
      }
      count = i64(end64 + 32);
      size = i64(end64 + 40);
      at = i64(end64 + 48);
    }
    if (size < 0 || count < 0 || count > size / CENTRAL_BYTES) {
      throw fault("its directory of %d bytes cannot hold %d entries".formatted(size, count));
    }
    for (long i = 0; i < count; i++) {
      at = readEntry(at);
    }
  }

  private long findEnd() {
    long last = bytes.byteSize() - END_BYTES;
    for (long at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
      if (u32(at) == END && at + END_BYTES + u16(at + 20) == bytes.byteSize()) {
        return at;
      }
    }
    throw fault("it has no end record; the file is cut off");
  }

  /** Gives the position behind the entry. */
  private long readEntry(long at) {
    if (u32(at) != CENTRAL) {
      throw fault("there is no directory entry at byte " + at);
    }
    int nameLength = u16(at + 28);
    int extraLength = u16(at + 30);
    String name = text(at + CENTRAL_BYTES, nameLength);
    if ((u16(at + 8) & ENCRYPTED) != 0) {
      throw fault("entry '%s' is encrypted".formatted(name));
    }
    if (u16(at + 10) != STORED) {
      throw fault(
          "entry '%s' is compressed, which torch.save does not do; unpack it and zip it with -0"
              .formatted(name));
    }
    Extra extra = new Extra(at + CENTRAL_BYTES + nameLength, extraLength);
    long size = extra.or(u32(at + 24));
    long packed = extra.or(u32(at + 20));
    long header = extra.or(u32(at + 42));
    if (size != packed) {
      throw fault("entry '%s' has two sizes, %d and %d".formatted(name, size, packed));
    }
    if (entries.put(name, content(name, header, size)) != null) {
      throw fault("it has two entries '%s'".formatted(name));
    }
    return at + CENTRAL_BYTES + nameLength + extraLength + u16(at + 32);
  }

  private MemorySegment content(String name, long header, long size) {
    if (u32(header) != LOCAL) {
      throw fault("entry '%s' is not where the directory says".formatted(name));
    }
    long data = header + LOCAL_BYTES + u16(header + 26) + u16(header + 28);
    require(data, size);
    return bytes.asSlice(data, size);
  }

  /** The 64-bit values of an entry whose 32-bit fields are full, in the order of the fields. */
  private final class Extra {

    private long at;
    private long end;

    Extra(long from, int length) {
      long next = from;
      while (next + 4 <= from + length) {
        long content = next + 4;
        long contentEnd = content + u16(next + 2);
        if (u16(next) == EXTRA_64) {
          at = content;
          end = Math.min(contentEnd, from + length);
          return;
        }
        next = contentEnd;
      }
    }

    long or(long value) {
      if (value != IN_EXTRA || at + Long.BYTES > end) {
        return value;
      }
      at += Long.BYTES;
      return i64(at - Long.BYTES);
    }
  }

  // ---- numbers ----

  private static ValueLayout.OfInt layout32() {
    return ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  private int u16(long at) {
    require(at, Short.BYTES);
    return bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at)
        & 0xffff;
  }

  private long u32(long at) {
    require(at, Integer.BYTES);
    return bytes.get(layout32(), at) & 0xffffffffL;
  }

  private long i64(long at) {
    require(at, Long.BYTES);
    return bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at);
  }

  private String text(long at, int length) {
    require(at, length);
    byte[] name = bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(name, StandardCharsets.UTF_8);
  }

  private void require(long at, long length) {
    if (at < 0 || length < 0 || at > bytes.byteSize() || length > bytes.byteSize() - at) {
      throw fault("it points beyond its end; the file is cut off or damaged");
    }
  }

  private FormatException fault(String problem) {
    return new FormatException(description + ": as a zip archive it is damaged: " + problem);
  }
}

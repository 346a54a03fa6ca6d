package io.github.maskalign.data.tar;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.FileNames;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of a tar archive: V7, POSIX (ustar and pax) and GNU. Archive libraries decode
 * names, which loses bytes that are not UTF-8, and do not tell where contents are. No size is
 * trusted: memory is used for names only, at most a mebibyte each.
 */
final class TarReader {
  private static final int BLOCK = 512;
  private static final int MAX_TEXT = 1 << 20;

  private static final int NAME = 0;
  private static final int NAME_BYTES = 100;
  private static final int SIZE = 124;
  private static final int SIZE_BYTES = 12;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_BYTES = 8;
  private static final int TYPE = 156;
  private static final int TARGET = 157;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int PREFIX_BYTES = 155;
  private static final int MORE_HOLES = 482;
  private static final int STILL_MORE_HOLES = 504;
  private static final byte[] POSIX = "ustar\0".getBytes(US_ASCII);

  private static final String PAX_PATH = "path";
  private static final String PAX_TARGET = "linkpath";
  private static final String PAX_SIZE = "size";
  private static final String PAX_SPARSE = "GNU.sparse.";
  private static final String PAX_SPARSE_NAME = "GNU.sparse.name";

  /** What an entry is. */
  enum Kind {
    FILE,
    HARD_LINK,
    SYMBOLIC_LINK,
    FOLDER,
    SPARSE,
    SPECIAL
  }

  /**
   * An entry.
   *
   * @param offset of its content in the archive
   * @param size of its content
   * @param target of a link; empty for others
   */
  record Entry(String name, Kind kind, long offset, long size, String target) {}

  private final InputStream in;
  private final long length;
  private final String archive;
  private final Map<String, byte[]> global = new HashMap<>();
  private long position;

  /** Where the entry that was returned last ends. */
  private long end;

  /**
   * Reads a stream.
   *
   * @param length of the archive
   * @param archive its name, for messages
   */
  TarReader(InputStream in, long length, String archive) {
    this.in = new BufferedInputStream(in);
    this.length = length;
    this.archive = archive;
  }

  /**
   * The next entry; null after the last one. Archives that were joined are read to the end.
   *
   * @throws FormatException if the archive is damaged
   */
  @Nullable Entry next() throws IOException {
    Map<String, byte[]> own = new HashMap<>(global);
    byte[] header = header();
    while (header != null) {
      switch (header[TYPE]) {
        case 'x', 'X' -> own.putAll(records(text(header)));
        case 'g' -> {
          global.putAll(records(text(header)));
          own.putAll(global);
        }
        case 'L' -> own.put(PAX_PATH, string(text(header), 0, MAX_TEXT));
        case 'K' -> own.put(PAX_TARGET, string(text(header), 0, MAX_TEXT));
        default -> {
          return entry(header, own);
        }
      }
      header = header();
    }
    return null;
  }

  /** The first bytes of the entry that was returned last. */
  byte[] content(Entry entry, int max) throws IOException {
    byte[] start = in.readNBytes((int) Math.min(entry.size, max));
    position += start.length;
    return start;
  }

  private Entry entry(byte[] header, Map<String, byte[]> own) throws IOException {
    byte[] name = name(header, own);
    Kind kind = kind(header, own, name);
    if (header[TYPE] == 'S' && header[MORE_HOLES] != 0) {
      skipHoles();
    }
    byte type = header[TYPE];
    boolean folder = kind == Kind.FOLDER && type != 'D';
    // The size of a link or device is not that of a content.
    long size = type >= '1' && type <= '6' || folder ? 0 : size(header, own);
    String text = FileNames.text(name);
    if (size > length - position) {
      throw new FormatException(
          "%s: ends inside '%s', which has %,d bytes; copy it again"
              .formatted(archive, text, size));
    }
    // The padding of the last file may be missing.
    end = Math.min(length, padded(position + size));
    boolean isLink = kind == Kind.HARD_LINK || kind == Kind.SYMBOLIC_LINK;
    byte[] target = own.getOrDefault(PAX_TARGET, string(header, TARGET, NAME_BYTES));
    return new Entry(text, kind, position, size, isLink ? FileNames.text(target) : "");
  }

  private static Kind kind(byte[] header, Map<String, byte[]> own, byte[] name) {
    if (own.keySet().stream().anyMatch(key -> key.startsWith(PAX_SPARSE))) {
      return Kind.SPARSE;
    }
    return switch (header[TYPE]) {
      case 0, '0', '7' -> name.length > 0 && name[name.length - 1] == '/' ? Kind.FOLDER : Kind.FILE;
      case '1' -> Kind.HARD_LINK;
      case '2' -> Kind.SYMBOLIC_LINK;
      case '5', 'D' -> Kind.FOLDER;
      case 'S' -> Kind.SPARSE;
      default -> Kind.SPECIAL;
    };
  }

  private static byte[] name(byte[] header, Map<String, byte[]> own) {
    byte[] given = own.getOrDefault(PAX_SPARSE_NAME, own.get(PAX_PATH));
    if (given != null) {
      return given;
    }
    byte[] name = string(header, NAME, NAME_BYTES);
    boolean posix = Arrays.equals(header, MAGIC, MAGIC + POSIX.length, POSIX, 0, POSIX.length);
    byte[] prefix = posix ? string(header, PREFIX, PREFIX_BYTES) : new byte[0];
    if (prefix.length == 0) {
      return name;
    }
    byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
    whole[prefix.length] = '/';
    System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
    return whole;
  }

  private long size(byte[] header, Map<String, byte[]> own) {
    byte[] given = own.get(PAX_SIZE);
    if (given == null) {
      return number(header, SIZE, SIZE_BYTES);
    }
    try {
      return requirePositive(Long.parseLong(new String(given, US_ASCII)));
    } catch (NumberFormatException e) {
      throw damaged("a size that is no number");
    }
  }

  /** A number in octal digits, or in GNU's binary form. */
  private long number(byte[] header, int at, int bytes) {
    if (header[at] < 0) {
      long value = header[at] & 0x7f;
      for (int i = at + 1; i < at + bytes; i++) {
        if (value >= 1L << 54) {
          throw damaged("an impossible size");
        }
        value = value << 8 | header[i] & 0xff;
      }
      return value;
    }
    int from = at;
    while (from < at + bytes && header[from] == ' ') {
      from++;
    }
    long value = 0;
    for (int i = from; i < at + bytes && header[i] != 0 && header[i] != ' '; i++) {
      if (header[i] < '0' || header[i] > '7') {
        throw damaged("a number that is not octal");
      }
      value = value << 3 | header[i] - '0';
    }
    return value;
  }

  private long requirePositive(long size) {
    if (size < 0) {
      throw damaged("a negative size");
    }
    return size;
  }

  /** Reads the next header; null at the end. */
  private byte @Nullable [] header() throws IOException {
    skipTo(end);
    boolean marked = false;
    while (true) {
      byte[] block = in.readNBytes(BLOCK);
      if (block.length == 0 || marked && block.length < BLOCK) {
        return null;
      }
      if (block.length < BLOCK) {
        throw damaged("an incomplete header");
      }
      position += BLOCK;
      end = position;
      if (isZero(block)) {
        marked = true;
        continue;
      }
      if (isWhole(block)) {
        return block;
      }
      if (marked) {
        // Anything may follow the end.
        return null;
      }
      throw damaged("no header of a tar archive");
    }
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether a header has its checksum; some programs add up signed bytes. */
  private boolean isWhole(byte[] header) {
    long unsigned = CHECKSUM_BYTES * ' ';
    long signed = unsigned;
    for (int i = 0; i < BLOCK; i++) {
      if (i < CHECKSUM || i >= CHECKSUM + CHECKSUM_BYTES) {
        unsigned += header[i] & 0xff;
        signed += header[i];
      }
    }
    int from = CHECKSUM;
    while (from < CHECKSUM + CHECKSUM_BYTES && header[from] == ' ') {
      from++;
    }
    long stored = 0;
    for (int i = from; i < CHECKSUM + CHECKSUM_BYTES && isOctal(header[i]); i++) {
      stored = stored << 3 | header[i] - '0';
    }
    return stored == unsigned || stored == signed;
  }

  private static boolean isOctal(byte b) {
    return b >= '0' && b <= '7';
  }

  /** The content of an entry that describes the next one. */
  private byte[] text(byte[] header) throws IOException {
    long size = number(header, SIZE, SIZE_BYTES);
    if (size > Math.min(MAX_TEXT, length - position)) {
      throw damaged("a name of %,d bytes".formatted(size));
    }
    byte[] text = in.readNBytes((int) size);
    position += text.length;
    end = Math.min(length, padded(position));
    return text;
  }

  /** Records {@code LENGTH KEY=VALUE} and a line end. */
  private Map<String, byte[]> records(byte[] text) {
    Map<String, byte[]> records = new HashMap<>();
    int at = 0;
    while (at < text.length) {
      int start = at;
      int size = 0;
      while (at < text.length && text[at] >= '0' && text[at] <= '9' && size <= MAX_TEXT) {
        size = 10 * size + text[at++] - '0';
      }
      int equal = at;
      while (equal < text.length && text[equal] != '=') {
        equal++;
      }
      int next = start + size;
      boolean valid = at < text.length && text[at] == ' ' && equal < next && next <= text.length;
      if (!valid || text[next - 1] != '\n') {
        throw damaged("an invalid pax record");
      }
      String key = new String(text, at + 1, equal - at - 1, UTF_8);
      records.put(key, Arrays.copyOfRange(text, equal + 1, next - 1));
      at = next;
    }
    return records;
  }

  private void skipHoles() throws IOException {
    boolean more = true;
    while (more) {
      byte[] block = in.readNBytes(BLOCK);
      position += block.length;
      if (block.length < BLOCK) {
        throw damaged("an incomplete header");
      }
      more = block[STILL_MORE_HOLES] != 0;
    }
  }

  private void skipTo(long place) throws IOException {
    in.skipNBytes(place - position);
    position = place;
  }

  private static long padded(long size) {
    return size + BLOCK - 1 & -BLOCK;
  }

  private static byte[] string(byte[] bytes, int from, int max) {
    int to = from;
    while (to < Math.min(bytes.length, from + max) && bytes[to] != 0) {
      to++;
    }
    return Arrays.copyOfRange(bytes, from, to);
  }

  private FormatException damaged(String found) {
    return new FormatException(
        "%s: damaged tar archive, %s before byte %,d; copy it again"
            .formatted(archive, found, position));
  }
}

package io.github.maskalign.vit.image.jpeg;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The Huffman tables of a file so far (ITU-T T.81 B.2.4.2), checked when a scan uses them. */
final class HuffmanTables {
  private static final int SLOTS = 4;
  private static final int LENGTHS = 16;
  private static final int AC = 0x10;
  private static final int MAX_SYMBOLS = 256;
  private static final int MAX_DC_SYMBOL = 15;

  private final @Nullable Segment[] dc = new Segment[SLOTS];
  private final @Nullable Segment[] ac = new Segment[SLOTS];
  private boolean standard;

  /** Whether a scan used one of the tables of T.81 annex K, which the file omits. */
  boolean usesStandard() {
    return standard;
  }

  /** Reads the tables of a segment. */
  void define(Segment segment) throws IOException {
    int at = 0;
    while (segment.length() - at > LENGTHS) {
      int slot = segment.at(at) & ~AC;
      int symbols = 0;
      for (int i = 1; i <= LENGTHS; i++) {
        symbols += segment.at(at + i);
      }
      int end = at + 1 + LENGTHS + symbols;
      if (slot >= SLOTS || symbols > MAX_SYMBOLS || end > segment.length()) {
        throw new IOException("has an invalid Huffman table");
      }
      var table = new Segment(segment.file(), segment.from() + at + 1, segment.from() + end);
      ((segment.at(at) & AC) == 0 ? dc : ac)[slot] = table;
      at = end;
    }
    if (at != segment.length()) {
      throw new IOException("has Huffman tables of a wrong length");
    }
  }

  /**
   * Checks the table that a scan refers to.
   *
   * @param optional whether the decoder has standard tables in place of undefined ones, as for the
   *     frames of Motion JPEG
   */
  void use(boolean isDc, int slot, boolean optional) throws IOException {
    Segment table = slot < SLOTS ? (isDc ? dc : ac)[slot] : null;
    if (table == null && optional && slot < 2) {
      standard = true;
      return;
    }
    if (table == null) {
      throw new IOException("uses Huffman table %d, which it does not define".formatted(slot));
    }
    checkCodes(table);
    for (int i = LENGTHS; isDc && i < table.length(); i++) {
      if (table.at(i) > MAX_DC_SYMBOL) {
        throw new IOException("has an invalid Huffman table");
      }
    }
  }

  /** No code is longer than its length allows, and none is all ones (T.81 C.2). */
  private static void checkCodes(Segment table) throws IOException {
    int longest = LENGTHS;
    while (longest > 0 && table.at(longest - 1) == 0) {
      longest--;
    }
    int code = 0;
    for (int length = 1; length <= longest; length++) {
      code += table.at(length - 1);
      if (code >= 1 << length) {
        throw new IOException("has an invalid Huffman table");
      }
      code <<= 1;
    }
  }
}

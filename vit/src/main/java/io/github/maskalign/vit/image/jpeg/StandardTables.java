package io.github.maskalign.vit.image.jpeg;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/** The Huffman tables of T.81 annex K, which frames of Motion JPEG omit. */
final class StandardTables {

  private StandardTables() {}

  /** A segment of all four tables, with its marker. */
  static byte[] segment() {
    var tables = new ByteArrayOutputStream();
    write(0x00, JPEGHuffmanTable.StdDCLuminance, tables);
    write(0x01, JPEGHuffmanTable.StdDCChrominance, tables);
    write(0x10, JPEGHuffmanTable.StdACLuminance, tables);
    write(0x11, JPEGHuffmanTable.StdACChrominance, tables);
    return ByteBuffer.allocate(4 + tables.size())
        .putShort((short) (0xff00 | Marker.DHT))
        .putShort((short) (2 + tables.size()))
        .put(tables.toByteArray())
        .array();
  }

  private static void write(int slot, JPEGHuffmanTable table, ByteArrayOutputStream out) {
    out.write(slot);
    for (short count : table.getLengths()) {
      out.write(count);
    }
    for (int i = table.getLengths().length; i < 16; i++) {
      out.write(0);
    }
    for (short value : table.getValues()) {
      out.write(value);
    }
  }
}

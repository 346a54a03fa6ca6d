package io.github.maskalign.vit.image.jpeg;

import java.io.ByteArrayOutputStream;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/** The Huffman tables of T.81 annex K, which frames of Motion JPEG omit. */
final class StandardTables {

  private StandardTables() {}

  /** Writes a segment of all four tables. */
  static void write(ByteArrayOutputStream out) {
    var tables = new ByteArrayOutputStream();
    write(0x00, JPEGHuffmanTable.StdDCLuminance, tables);
    write(0x01, JPEGHuffmanTable.StdDCChrominance, tables);
    write(0x10, JPEGHuffmanTable.StdACLuminance, tables);
    write(0x11, JPEGHuffmanTable.StdACChrominance, tables);
    int length = tables.size() + 2;
    out.write(0xff);
    out.write(Marker.DHT);
    out.write(length >> 8);
    out.write(length);
    out.writeBytes(tables.toByteArray());
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

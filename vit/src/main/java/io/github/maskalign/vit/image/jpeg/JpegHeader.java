package io.github.maskalign.vit.image.jpeg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The markers of a JPEG file (ITU-T T.81 annex B), checked to its end by the rules of libjpeg, so
 * that a file is damaged or not regardless of the library that decodes it.
 *
 * @param width columns
 * @param height rows
 * @param components 1 gray, 3 color, 4 CMYK or YCCK
 * @param colors meaning of the components
 * @param adobe whether Adobe software wrote it, which inverts the CMYK values
 * @param scans number of scans
 * @param standardTables whether the file omits Huffman tables that are those of T.81 annex K
 * @param numbers numbers of components to be replaced, since they are the same
 * @param extras comments and application segments before the pixels, color profiles among them
 * @param metadata application segments 1, which hold EXIF and XMP, from their first data byte
 */
public record JpegHeader(
    int width,
    int height,
    int components,
    Colors colors,
    boolean adobe,
    int scans,
    boolean standardTables,
    List<Renumbering> numbers,
    List<Extra> extras,
    List<ByteBuffer> metadata) {

  /** A segment, from its marker to its end. */
  public record Extra(int from, int to) {}

  /** The number of a component, at an index of the file. */
  public record Renumbering(int at, int value) {}

  /** Meaning of the components, by libjpeg's rules. */
  public enum Colors {
    /** One component. */
    GRAY,
    /** Red, green, blue. */
    RGB,
    /** Luma and color differences. */
    YCC,
    /** Inks. */
    CMYK,
    /** Luma and color differences of inks, and black. */
    YCCK
  }

  /** Copies the lists. */
  public JpegHeader {
    numbers = List.copyOf(numbers);
    extras = List.copyOf(extras);
    metadata = List.copyOf(metadata);
  }

  /**
   * Reads and checks the markers of a file.
   *
   * @throws IOException with a reason that follows the file's name
   */
  public static JpegHeader read(byte[] file) throws IOException {
    return new MarkerWalk(file).header();
  }

  /**
   * The file as simple decoders want it: without the segments that its pixels do not depend on,
   * with all tables that they do depend on, and with distinct numbers of components.
   */
  public byte[] bare(byte[] original) {
    byte[] file = numbers.isEmpty() ? original : original.clone();
    numbers.forEach(number -> file[number.at] = (byte) number.value);
    byte[] tables = standardTables ? StandardTables.segment() : new byte[0];
    int omitted = extras.stream().mapToInt(extra -> extra.to - extra.from).sum();
    ByteBuffer bare = ByteBuffer.allocate(file.length - omitted + tables.length);
    bare.put(file, 0, 2).put(tables);
    int at = 2;
    for (Extra extra : extras) {
      bare.put(file, at, extra.from - at);
      at = extra.to;
    }
    return bare.put(file, at, file.length - at).array();
  }
}

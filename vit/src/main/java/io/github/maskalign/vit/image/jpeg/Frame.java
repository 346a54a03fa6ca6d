package io.github.maskalign.vit.image.jpeg;

import java.io.IOException;
import java.util.List;

/**
 * The frame header of a JPEG file (ITU-T T.81 B.2.2).
 *
 * @param progressive whether the scans refine each other
 */
record Frame(boolean progressive, int width, int height, List<Component> components) {
  /** Blocks have as many rows and columns. */
  static final int BLOCK = 8;

  private static final int HEADER = 6;
  private static final int SPEC = 3;
  private static final int MAX_SAMPLING = 4;

  // JPEG_MAX_DIMENSION of libjpeg.
  private static final int MAX_SIDE = 65_500;

  /**
   * A component.
   *
   * @param across samples per unit of the image, horizontally
   * @param down the same, vertically
   * @param table its quantization table
   */
  record Component(int id, int across, int down, int table) {}

  Frame {
    components = List.copyOf(components);
  }

  static Frame read(int marker, Segment segment) throws IOException {
    if (marker > Marker.SOF2) {
      throw new IOException(
          "has an unsupported coding process (SOF%d); save it as baseline or progressive JPEG"
              .formatted(marker - Marker.SOF0));
    }
    if (segment.length() < HEADER || segment.at(0) != 8) {
      throw new IOException("does not have 8 bits per sample");
    }
    int count = segment.at(5);
    if (count != 1 && count != 3 && count != 4) {
      throw new IOException("has %d components per pixel".formatted(count));
    }
    if (segment.length() != HEADER + SPEC * count) {
      throw new IOException("has a frame header of a wrong length");
    }
    var components = new Component[count];
    for (int i = 0; i < count; i++) {
      int at = HEADER + SPEC * i;
      int sampling = segment.at(at + 1);
      components[i] =
          new Component(segment.at(at), sampling >> 4, sampling & 15, segment.at(at + 2));
    }
    var frame =
        new Frame(marker == Marker.SOF2, segment.uint16(3), segment.uint16(1), List.of(components));
    frame.check();
    return frame;
  }

  private void check() throws IOException {
    if (width < 1 || height < 1) {
      throw new IOException("has no pixels: JPEG of %d x %d pixels".formatted(width, height));
    }
    if (Math.max(width, height) > MAX_SIDE) {
      throw new IOException("is wider or higher than %d pixels".formatted(MAX_SIDE));
    }
    for (Component one : components) {
      if (!isValid(one.across) || !isValid(one.down)) {
        throw new IOException("has components of %d x %d samples".formatted(one.across, one.down));
      }
      if (maxAcross() % one.across != 0 || maxDown() % one.down != 0) {
        throw new IOException("has components whose resolutions are not multiples");
      }
    }
  }

  private static boolean isValid(int sampling) {
    return sampling >= 1 && sampling <= MAX_SAMPLING;
  }

  private int maxAcross() {
    int max = 0;
    for (Component one : components) {
      max = Math.max(max, one.across);
    }
    return max;
  }

  private int maxDown() {
    int max = 0;
    for (Component one : components) {
      max = Math.max(max, one.down);
    }
    return max;
  }

  /**
   * Index of the first component with a number, from an index on; -1 if there is none. Some
   * programs give all components the same number.
   */
  int indexOf(int id, int from) {
    for (int i = from; i < components.size(); i++) {
      if (components.get(i).id == id) {
        return i;
      }
    }
    return -1;
  }

  /** Whether components have the same number, with which javax.imageio cannot deal. */
  boolean isAmbiguous() {
    for (int i = 0; i < components.size(); i++) {
      if (indexOf(components.get(i).id, i + 1) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether the numbers of the components are letters. */
  boolean isNamed(String letters) {
    boolean named = letters.length() == components.size();
    for (int i = 0; named && i < letters.length(); i++) {
      named = components.get(i).id == letters.charAt(i);
    }
    return named;
  }

  /** Minimum coded units of a scan: single blocks if it has one component (T.81 A.2). */
  long units(List<Component> scan) {
    if (scan.size() > 1) {
      return ceil(width, BLOCK * maxAcross()) * ceil(height, BLOCK * maxDown());
    }
    Component only = scan.getFirst();
    long columns = ceil((long) width * only.across, BLOCK * maxAcross());
    return columns * ceil((long) height * only.down, BLOCK * maxDown());
  }

  private static long ceil(long size, int unit) {
    return (size + unit - 1) / unit;
  }
}

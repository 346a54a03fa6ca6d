package io.github.maskalign.vit.image.jpeg;

import io.github.maskalign.vit.image.jpeg.Frame.Component;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The header of a scan (ITU-T T.81 B.2.3).
 *
 * @param components indices into the frame's
 * @param tables selectors of Huffman tables, DC in the upper 4 bits, by component
 * @param first first coefficient
 * @param last last coefficient
 * @param high number of bits that an earlier scan has left out
 * @param low number of bits that this scan leaves out
 */
record Scan(List<Integer> components, int[] tables, int first, int last, int high, int low) {
  private static final int MAX_COMPONENTS = 4;
  private static final int MAX_BLOCKS_IN_UNIT = 10;
  private static final int MAX_LOW = 13;

  static Scan read(Segment segment, Frame frame) throws IOException {
    int count = segment.length() < 1 ? 0 : segment.at(0);
    if (count < 1 || count > MAX_COMPONENTS || segment.length() != 2 * count + 4) {
      throw new IOException("has a scan header of a wrong length");
    }
    List<Integer> components = new ArrayList<>();
    int[] tables = new int[count];
    for (int i = 0; i < count; i++) {
      // In a scan, the components follow each other as in the frame (T.81 B.2.3).
      int index = frame.indexOf(segment.at(1 + 2 * i), i == 0 ? 0 : components.getLast() + 1);
      if (index < 0) {
        throw new IOException(
            "has a scan of a wrong component (%d)".formatted(segment.at(1 + 2 * i)));
      }
      components.add(index);
      tables[i] = segment.at(2 + 2 * i);
    }
    int at = 1 + 2 * count;
    int bits = segment.at(at + 2);
    var scan =
        new Scan(components, tables, segment.at(at), segment.at(at + 1), bits >> 4, bits & 15);
    scan.checkUnit(frame);
    if (frame.progressive()) {
      scan.checkProgression();
    }
    return scan;
  }

  private void checkUnit(Frame frame) throws IOException {
    int blocks = 0;
    for (int index : components) {
      Component one = frame.components().get(index);
      blocks += one.across() * one.down();
    }
    if (components.size() > 1 && blocks > MAX_BLOCKS_IN_UNIT) {
      throw new IOException(
          "interleaves %d blocks, more than %d".formatted(blocks, MAX_BLOCKS_IN_UNIT));
    }
  }

  /** The rules of T.81 G.1.1.1 and, for the bits, those of libjpeg. */
  private void checkProgression() throws IOException {
    boolean valid = isDc() ? last == 0 : components.size() == 1 && first <= last && last < 64;
    if (!valid || high != 0 && low != high - 1 || low > MAX_LOW) {
      throw new IOException(
          "has a scan of invalid coefficients: %d to %d, bits %d to %d"
              .formatted(first, last, high, low));
    }
  }

  /** Whether a progressive scan is of the mean of each block. */
  boolean isDc() {
    return first == 0;
  }

  List<Component> of(Frame frame) {
    return components.stream().map(frame.components()::get).toList();
  }

  /** Checks the Huffman tables of this scan. */
  void use(HuffmanTables huffman, Frame frame) throws IOException {
    for (int selectors : tables) {
      if (!frame.progressive()) {
        huffman.use(true, selectors >> 4, true);
        huffman.use(false, selectors & 15, true);
      } else if (!isDc()) {
        huffman.use(false, selectors & 15, false);
      } else if (high == 0) {
        huffman.use(true, selectors >> 4, false);
      }
    }
  }
}

package io.github.maskalign.vit.image.jpeg;

import io.github.maskalign.vit.image.jpeg.JpegHeader.Colors;
import io.github.maskalign.vit.image.jpeg.JpegHeader.Extra;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads all markers of a file. Refuses what makes libjpeg stop; bytes between segments and damaged
 * pixels, of which it only warns, do not.
 */
final class MarkerWalk {
  // A progressive image has about ten.
  private static final int MAX_SCANS = 200;

  /**
   * Every scan may cost a pass over all pixels. A progressive image of a single color, the smallest
   * there is, takes 1,700 pixels per byte in ten passes.
   */
  private static final int MAX_PIXELS_PER_BYTE = 4096;

  /** Pixels of all passes that take some milliseconds. */
  private static final int FREE_PIXELS = 1 << 24;

  private static final int TABLES = 4;
  private static final int TABLE = 64;

  private final byte[] file;
  private final MarkerReader markers;
  private final HuffmanTables huffman = new HuffmanTables();
  private final BitSet quantization = new BitSet();
  private final BitSet scanned = new BitSet();
  private final BitSet withData = new BitSet();
  private final List<JpegHeader.Renumbering> numbers = new ArrayList<>();
  private final List<Extra> extras = new ArrayList<>();
  private final List<ByteBuffer> metadata = new ArrayList<>();
  private @Nullable Frame frame;
  private int adobe = -1;
  private boolean jfif;
  private int restartInterval;
  private int scans;
  private boolean hasOneScan;

  MarkerWalk(byte[] file) {
    this.file = file;
    this.markers = new MarkerReader(file);
  }

  JpegHeader header() throws IOException {
    for (int marker = markers.next(); marker != Marker.EOI; marker = markers.next()) {
      if (marker != Marker.TEM && !Marker.isRestart(marker)) {
        handle(marker);
      }
    }
    Frame found = frame;
    if (found == null || scans == 0) {
      throw new IOException("contains no image");
    }
    int components = found.components().size();
    // As an encoder, libjpeg requires this too; it decodes what is missing as gray.
    if (withData.cardinality() < components) {
      throw new IOException(
          "is incomplete: %d of its %d components have no data"
              .formatted(components - withData.cardinality(), components));
    }
    return new JpegHeader(
        found.width(),
        found.height(),
        components,
        colors(found),
        adobe >= 0,
        scans,
        huffman.usesStandard(),
        numbers,
        extras,
        metadata);
  }

  private void handle(int marker) throws IOException {
    if (marker == Marker.SOI) {
      throw new IOException("has a second start of an image");
    }
    if (marker < Marker.SOF0) {
      throw unknown(marker);
    }
    int from = markers.position() - 2;
    Segment segment = markers.segment();
    if (Marker.isExtra(marker)) {
      extra(marker, segment, from);
      return;
    }
    switch (marker) {
      case Marker.DHT -> huffman.define(segment);
      case Marker.DQT -> quantization(segment);
      case Marker.DRI -> {
        if (segment.length() != 2) {
          throw new IOException("has a restart interval of a wrong length");
        }
        restartInterval = segment.uint16(0);
      }
      case Marker.SOS -> scan(segment);
      case Marker.DNL -> {}
      case Marker.DAC, Marker.JPG -> throw unknown(marker);
      default -> {
        if (marker > Marker.SOF15) {
          throw unknown(marker);
        }
        if (frame != null) {
          throw new IOException("has more than one frame");
        }
        Frame read = Frame.read(marker, segment);
        for (int i = 0; i < read.components().size() && read.isAmbiguous(); i++) {
          numbers.add(new JpegHeader.Renumbering(segment.from() + 6 + 3 * i, i + 1));
        }
        frame = read;
      }
    }
  }

  private static IOException unknown(int marker) {
    return new IOException("contains the invalid marker FF%02X".formatted(marker));
  }

  private void extra(int marker, Segment segment, int from) {
    if (scans > 0) {
      return;
    }
    extras.add(new Extra(from, segment.to()));
    switch (marker) {
      case Marker.APP0 -> jfif |= segment.startsWith("JFIF\0");
      case Marker.APP1 -> metadata.add(segment.from(0));
      case Marker.APP14 -> {
        if (segment.length() >= 12 && segment.startsWith("Adobe")) {
          adobe = segment.at(11);
        }
      }
      default -> {}
    }
  }

  private void quantization(Segment segment) throws IOException {
    int at = 0;
    while (at < segment.length()) {
      int slot = segment.at(at) & 15;
      int bytes = segment.at(at) >> 4 == 0 ? 1 : 2;
      if (slot >= TABLES) {
        throw new IOException("defines quantization table " + slot);
      }
      quantization.set(slot);
      at += 1 + TABLE * bytes;
    }
    if (at != segment.length()) {
      throw new IOException("has quantization tables of a wrong length");
    }
  }

  private void scan(Segment segment) throws IOException {
    Frame whole = frame;
    if (whole == null) {
      throw new IOException("has a scan before the size of the image");
    }
    Scan scan = Scan.read(segment, whole);
    for (int i = 0; i < scan.components().size() && whole.isAmbiguous(); i++) {
      int number = scan.components().get(i) + 1;
      numbers.add(new JpegHeader.Renumbering(segment.from() + 1 + 2 * i, number));
    }
    if (hasOneScan) {
      throw new IOException("has a scan after the last one");
    }
    hasOneScan = !whole.progressive() && scan.components().size() == whole.components().size();
    for (int component : scan.components()) {
      int table = whole.components().get(component).table();
      if (!scanned.get(component) && !quantization.get(table)) {
        throw new IOException(
            "uses quantization table %d, which it does not define".formatted(table));
      }
      scanned.set(component);
      if (!whole.progressive() || scan.isDc()) {
        withData.set(component);
      }
    }
    scan.use(huffman, whole);
    scans++;
    long pixels = (long) whole.width() * whole.height() * scans;
    long most = FREE_PIXELS + (long) MAX_PIXELS_PER_BYTE * file.length;
    if (scans > MAX_SCANS || scans > 1 && pixels > most) {
      throw new IOException(
          "has %d scans or more, too many for its %d bytes".formatted(scans, file.length));
    }
    if (restartInterval > 0) {
      markers.restarts((whole.units(scan.of(whole)) - 1) / restartInterval);
    }
  }

  /** The rules of libjpeg. */
  private Colors colors(Frame found) {
    return switch (found.components().size()) {
      case 1 -> Colors.GRAY;
      case 3 -> {
        boolean rgb = !jfif && (adobe >= 0 ? adobe == 0 : found.isNamed("RGB"));
        yield rgb ? Colors.RGB : Colors.YCC;
      }
      default -> adobe > 0 ? Colors.YCCK : Colors.CMYK;
    };
  }
}

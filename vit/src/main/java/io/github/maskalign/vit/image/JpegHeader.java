package io.github.maskalign.vit.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The markers of a JPEG file (ITU-T T.81 annex B), parsed to its end, so that every decoder rejects
 * truncated files alike, before decoding.
 *
 * @param picture size and orientation
 * @param components 1 gray, 3 color, 4 CMYK or YCCK
 * @param colors meaning of the components
 * @param adobe whether Adobe software wrote it, which inverts the CMYK values
 * @param extras comments and application segments before the pixels, color profiles among them
 */
record JpegHeader(
    PictureHeader picture, int components, Colors colors, boolean adobe, List<Extra> extras) {

  /** A segment, from its marker to its end. */
  record Extra(int from, int to) {}

  /** Meaning of the components, by libjpeg's rules. */
  enum Colors {
    GRAY,
    RGB,
    YCC,
    CMYK,
    YCCK
  }

  // A progressive image has about ten; each costs a pass over all coefficients.
  private static final int MAX_SCANS = 200;

  private static final int EXIF_AT = 6;

  static JpegHeader read(byte[] file) throws IOException {
    return new Walk(file).header();
  }

  private static final class Walk {

    private final byte[] file;
    private int at = 2;
    private int adobe = -1;
    private boolean jfif;
    private int[] identifiers = {};
    private int width;
    private int height;
    private Orientation orientation = Orientation.UPRIGHT;
    private final List<Extra> extras = new ArrayList<>();

    Walk(byte[] file) {
      this.file = file;
    }

    JpegHeader header() throws IOException {
      int scans = 0;
      for (int marker = next(); marker != 0xd9; marker = next()) {
        if (marker == 0xd8 || marker == 0x01 || marker >= 0xd0 && marker <= 0xd7) {
          continue;
        }
        int start = at + 2;
        int end = at + uint16(at);
        if (end < start || end > file.length) {
          throw cutOff();
        }
        segment(marker, start, end);
        if (scans == 0 && (marker >= 0xe0 && marker <= 0xef || marker == 0xfe)) {
          extras.add(new Extra(at - 2, end));
        }
        at = end;
        if (marker == 0xda && ++scans > MAX_SCANS) {
          throw new IOException("has more than " + MAX_SCANS + " scans");
        }
      }
      if (identifiers.length == 0 || scans == 0) {
        throw new IOException("contains no image");
      }
      PictureHeader picture = new PictureHeader(PictureFormat.JPEG, width, height, orientation);
      return new JpegHeader(picture, identifiers.length, colors(), adobe >= 0, List.copyOf(extras));
    }

    /** The next marker, skipping the data of a scan. */
    private int next() throws IOException {
      while (at < file.length - 1) {
        int value = file[at + 1] & 0xff;
        boolean data = file[at] != (byte) 0xff || value == 0 || value == 0xff;
        if (!data) {
          at += 2;
          return value;
        }
        at++;
      }
      throw cutOff();
    }

    private void segment(int marker, int start, int end) throws IOException {
      boolean frame = marker >= 0xc0 && marker <= 0xcf;
      if (frame && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
        frame(marker, start, end);
      } else if (marker == 0xe0) {
        jfif |= PictureFormat.starts(file, start, "JFIF\0");
      } else if (marker == 0xe1 && PictureFormat.starts(file, start, "Exif\0\0")) {
        int from = Math.min(start + EXIF_AT, end);
        orientation = Orientation.ofExif(ByteBuffer.wrap(file, from, end - from));
      } else if (marker == 0xee
          && end - start >= 12
          && PictureFormat.starts(file, start, "Adobe")) {
        adobe = file[start + 11] & 0xff;
      }
    }

    private void frame(int marker, int start, int end) throws IOException {
      if (identifiers.length > 0) {
        throw new IOException("has more than one frame");
      }
      if (marker > 0xc2) {
        throw new IOException(
            "has an unsupported coding process (SOF%d); save it as baseline or progressive JPEG"
                .formatted(marker - 0xc0));
      }
      if (end - start < 6 || file[start] != 8) {
        throw new IOException("does not have 8 bits per sample");
      }
      height = uint16(start + 1);
      width = uint16(start + 3);
      int components = file[start + 5] & 0xff;
      if (end - start < 6 + 3 * components) {
        throw cutOff();
      }
      if (components != 1 && components != 3 && components != 4) {
        throw new IOException("has %d components per pixel".formatted(components));
      }
      identifiers = new int[components];
      Arrays.setAll(identifiers, i -> file[start + 6 + 3 * i] & 0xff);
    }

    /** The rules of libjpeg. */
    private Colors colors() {
      return switch (identifiers.length) {
        case 1 -> Colors.GRAY;
        case 3 -> {
          boolean named = Arrays.equals(identifiers, new int[] {'R', 'G', 'B'});
          boolean rgb = !jfif && (adobe >= 0 ? adobe == 0 : named);
          yield rgb ? Colors.RGB : Colors.YCC;
        }
        default -> adobe > 0 ? Colors.YCCK : Colors.CMYK;
      };
    }

    private int uint16(int at) throws IOException {
      if (at > file.length - 2) {
        throw cutOff();
      }
      return (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
    }

    private static IOException cutOff() {
      return new IOException("is truncated");
    }
  }
}

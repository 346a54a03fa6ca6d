package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ShapeException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredPictureTest {

  private static final int HEIGHT = 13;
  private static final int WIDTH = 17;
  private static final int PALETTE = 3;
  private static final int COLORS = 31;

  @Test
  void clippedSamplesAreToldOnce() {
    List<String> lines = new ArrayList<>();
    PictureDecoder decoder =
        PictureDecoder.open(PictureDecoder.Options.defaults().withNotice(lines::add));
    decoder.stored(png(8, 0, false), "it");
    assertTrue(lines.isEmpty());
    decoder.stored(png(16, 0, false), "it");
    decoder.stored(png(16, 0, false), "it");
    assertEquals(1, lines.size());
    assertTrue(lines.getFirst().contains("above 255 become white"), lines.getFirst());
  }

  /** As transformers rotates the file of a path; an image that Pillow has opened is not. */
  @Test
  void filesAreUprightUnlessAskedOtherwise() {
    ByteArrayOutputStream exif = new ByteArrayOutputStream();
    exif.writeBytes("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
    exif.writeBytes(PictureFiles.exif(6, true));
    byte[] jpeg = PictureFiles.jpeg(PictureFiles.scene(8, 16, 1), 0.9, false);
    byte[] file = PictureFiles.withSegment(jpeg, 0xe1, exif.toByteArray());
    assertEquals(16, PictureDecoder.open().stored(file, "it").samples().height());
    PictureDecoder.Options asStored = PictureDecoder.Options.defaults().withUpright(false);
    assertEquals(8, PictureDecoder.open(asStored).stored(file, "it").samples().height());
  }

  /**
   * PNG files of each depth and color type: Pillow 13.0's mode, and CRC-32 of its convert("RGB")
   * and of convert_to_rgb in transformers 5.24.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 0, false, BILEVEL, 03103fab, 03103fab",
    "1, 0, true, BILEVEL, 03103fab, b036d5fd",
    "2, 0, false, GRAY, 72ef601e, 72ef601e",
    "2, 0, true, GRAY, 72ef601e, 72ef601e",
    "4, 0, false, GRAY, 08083cf9, 08083cf9",
    "8, 0, false, GRAY, 3dc3dede, 3dc3dede",
    "8, 0, true, GRAY, 3dc3dede, 6e00babb",
    "16, 0, false, GRAY_16, e79828a1, e79828a1",
    "16, 0, true, GRAY_16, e79828a1, 623e244e",
    "8, 2, false, RGB, 7a569125, 7a569125",
    "8, 2, true, RGB, 7a569125, a6d2eae6",
    "16, 2, false, RGB, 7a569125, 7a569125",
    "8, 3, false, PALETTE, a07c8e7d, a07c8e7d",
    "8, 3, true, PALETTE, a07c8e7d, 5ccec61f",
    "8, 4, false, GRAY_ALPHA, 3dc3dede, 47a7fc90",
    "16, 4, false, RGBA, 3dc3dede, 47a7fc90",
    "8, 6, false, RGBA, 7a569125, 496641e6",
    "16, 6, false, RGBA, 7a569125, 496641e6"
  })
  void convertsAsPillowAndTransformers(
      int depth, int color, boolean transparency, PixelMode mode, String rgb, String onWhite) {
    byte[] file = png(depth, color, transparency);
    StoredPicture stored = PictureDecoder.open().stored(file, "it");
    assertEquals(mode, stored.mode());
    assertEquals(transparency || mode.alpha(), stored.transparent());
    assertEquals(rgb, sum(stored.rgb()));
    assertEquals(onWhite, sum(stored.onWhite()));
    if (depth < 16) {
      assertEquals(stored.rgb(), PictureDecoder.open().decode(file, "it"));
    }
  }

  @Test
  void inksKeepTheirPlanes() {
    byte[] samples = {0, 10, (byte) 255, 20, (byte) 255, 0, 0, (byte) 128};
    StoredPicture inks = StoredPicture.of(PixelMode.CMYK, Picture.of(samples, 4, 1, 2));
    // 255 - k - ink (255 - k) / 255, rounded.
    assertEquals(Picture.of(new byte[] {(byte) 255, 122, 0, 117, 0, 127}, 3, 1, 2), inks.rgb());
  }

  @Test
  void planesMustBeThoseOfTheMode() {
    Picture gray = Picture.of(new byte[4], 1, 2, 2);
    assertThrows(ShapeException.class, () -> StoredPicture.of(PixelMode.RGBA, gray));
    assertThrows(ShapeException.class, () -> StoredPicture.of(PixelMode.PALETTE, gray));
    assertTrue(StoredPicture.of(gray).mode() == PixelMode.GRAY);
  }

  private static String sum(Picture picture) {
    CRC32 sum = new CRC32();
    sum.update(picture.interleaved());
    return "%08x".formatted(sum.getValue());
  }

  // ---- files ----

  private static int samples(int color) {
    return switch (color) {
      case 2 -> 3;
      case 4 -> 2;
      case 6 -> 4;
      default -> 1;
    };
  }

  private static int sample(int depth, int color, int y, int x, int c) {
    if (color == PALETTE) {
      return (x * 13 + y * 7 & 255) % COLORS;
    }
    int wide = x * 3001 + y * 1999 + c * 777 & 65535;
    return depth == 16 && color == 0 && y == 2 ? wide >> 8 : wide >> 16 - depth;
  }

  private static byte[] png(int depth, int color, boolean transparency) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(WIDTH).putInt(HEIGHT);
    chunk(file, "IHDR", header.put((byte) depth).put((byte) color).array());
    if (color == PALETTE) {
      byte[] palette = new byte[3 * COLORS];
      for (int i = 0; i < COLORS; i++) {
        palette[3 * i] = (byte) (i * 8);
        palette[3 * i + 1] = (byte) (255 - i * 5);
        palette[3 * i + 2] = (byte) (i * 3);
      }
      chunk(file, "PLTE", palette);
    }
    if (transparency) {
      chunk(file, "tRNS", transparency(depth, color));
    }
    byte[] packed = new byte[4096];
    Deflater deflater = new Deflater();
    deflater.setInput(rows(depth, color));
    deflater.finish();
    int length = deflater.deflate(packed);
    deflater.end();
    chunk(file, "IDAT", ByteBuffer.allocate(length).put(packed, 0, length).array());
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static byte[] transparency(int depth, int color) {
    ByteBuffer data = ByteBuffer.allocate(color == PALETTE ? COLORS : 2 * samples(color));
    for (int i = 0; i < (color == PALETTE ? COLORS : samples(color)); i++) {
      if (color == PALETTE) {
        data.put((byte) (i * 8));
      } else {
        data.putShort((short) sample(depth, color, 2, 5, i));
      }
    }
    return data.array();
  }

  private static byte[] rows(int depth, int color) {
    int bits = WIDTH * samples(color) * depth;
    byte[] rows = new byte[HEIGHT * (1 + (bits + 7) / 8)];
    for (int y = 0; y < HEIGHT; y++) {
      int at = y * (1 + (bits + 7) / 8) * 8 + 8;
      for (int x = 0; x < WIDTH; x++) {
        for (int c = 0; c < samples(color); c++) {
          int value = sample(depth, color, y, x, c);
          for (int bit = depth - 1; bit >= 0; bit--, at++) {
            rows[at / 8] |= (byte) ((value >> bit & 1) << 7 - at % 8);
          }
        }
      }
    }
    return rows;
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    file.writeBytes(name);
    file.writeBytes(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
  }
}

package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files made to break their readers. */
class HostilePictureTest {

  private static final Picture SCENE = PictureFiles.scene(21, 30, 1);

  private final PictureDecoder decoder = PictureDecoder.open();

  private String reason(byte[] file) {
    return assertThrows(DamagedPictureException.class, () -> decoder.decode(file, "test")).reason();
  }

  /** A bitmap with a header of 40 bytes, and three color masks if its pixels have them. */
  private static ByteBuffer bitmap(int bits, int compression, int imageSize, int data) {
    int offset = compression == 3 ? 66 : 54;
    return ByteBuffer.allocate(offset + data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 'B')
        .put((byte) 'M')
        .putInt(offset + data)
        .putInt(0)
        .putInt(offset)
        .putInt(40)
        .putInt(4)
        .putInt(4)
        .putShort((short) 1)
        .putShort((short) bits)
        .putInt(compression)
        .putInt(imageSize)
        .putInt(0)
        .putInt(0)
        .putInt(0)
        .putInt(0);
  }

  @Test
  void aColorMaskOfZero() {
    byte[] file = bitmap(32, 3, 64, 64).putInt(0).putInt(0xff00).putInt(0xff).array();
    assertEquals("has a color mask of zero", reason(file));
    byte[] whole = bitmap(32, 3, 64, 64).putInt(0xff0000).putInt(0xff00).putInt(0xff).array();
    assertEquals("image of 3 channels, 4 x 4", decoder.decode(whole, "test").toString());
  }

  @ParameterizedTest
  @CsvSource({"24,4", "24,5", "0,4", "8,3", "24,1", "16,17"})
  void compressionsThatBitmapsDoNotHave(int bits, int compression) {
    String reason = reason(bitmap(bits, compression, 1_500_000_000, 100).array());
    assertTrue(reason.matches("has (an unsupported compression .*|0 bits per pixel)"), reason);
  }

  /** The reader would allocate what the header says. */
  @Test
  void sizesInABitmapAreNotTrusted() {
    byte[] file = runs(4, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4, 0);
    long before = allocated();
    decoder.decode(file, "test");
    assertTrue(allocated() - before < 4 << 20, "allocated " + (allocated() - before));
  }

  /** A bitmap of 4 x 4 pixels in runs, whose header says that they take 1.5 GB. */
  private static byte[] runs(int... runs) {
    int palette = 4 * 256;
    byte[] file = bitmap(8, 1, 1_500_000_000, palette + runs.length).array();
    int pixels = 54 + palette;
    file[10] = (byte) pixels;
    file[11] = (byte) (pixels >> 8);
    for (int i = 0; i < runs.length; i++) {
      file[pixels + i] = (byte) runs[i];
    }
    return file;
  }

  /** Java's reader leaves the rest black. */
  @Test
  void runsThatEndEarly() {
    assertEquals("is truncated: it has 4 of 16 pixels", reason(runs(4, 0, 0, 1, 4, 0)));
    assertEquals("is truncated: it has 10 of 16 pixels", reason(runs(0, 2, 2, 2, 0, 1)));
    assertEquals("is truncated", reason(runs(4, 0, 0, 0, 4, 0)));
    assertEquals("is truncated", reason(runs(4, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 4, 1)));
    assertEquals("is truncated", reason(runs(4, 0, 0, 2, 1)));
  }

  /** Codes of three bits: 0 to 3 are pixels, 4 clears, 5 ends. */
  @ParameterizedTest
  @CsvSource({
    "4 0 1 6 5, ''",
    "4 0 1 2 3, ''",
    "4 0 5, 'is truncated: it has 1 of 4 pixels'",
    "4 7 0 0, has damaged pixels",
    "4 0 7 0, has damaged pixels",
    "4 4 4, is truncated"
  })
  void codesOfGif(String codes, String expected) {
    int bits = 0;
    int length = 0;
    for (String code : codes.split(" ")) {
      bits |= Integer.parseInt(code) << length;
      length += 3;
    }
    int bytes = (length + 7) / 8;
    ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    file.put("GIF89a".getBytes(StandardCharsets.US_ASCII)).putShort((short) 2).putShort((short) 2);
    file.put((byte) 0x81).putShort((short) 0); // four colors
    file.put(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    file.put((byte) ',').putInt(0).putShort((short) 2).putShort((short) 2).put((byte) 0);
    file.put((byte) 2).put((byte) bytes);
    for (int i = 0; i < bytes; i++) {
      file.put((byte) (bits >> 8 * i));
    }
    file.put((byte) 0).put((byte) ';');
    byte[] gif = new byte[file.position()];
    file.flip().get(gif);
    if (expected.isEmpty()) {
      assertEquals("image of 3 channels, 2 x 2", decoder.decode(gif, "test").toString());
    } else {
      assertEquals(expected, reason(gif));
    }
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /** Java's reader expands texts and profiles of images with a palette, even if not asked to. */
  @ParameterizedTest
  @CsvSource({"zTXt,'Comment\0\0'", "iCCP,'p\0\0'", "iTXt,'Comment\0\1\0\0\0'"})
  void textsOfPngAreNotExpanded(String type, String start) throws IOException {
    byte[] plain =
        PictureFiles.file(PictureFiles.image(SCENE, BufferedImage.TYPE_BYTE_INDEXED), "png");
    var data = new ByteArrayOutputStream();
    data.writeBytes((type + start).getBytes(StandardCharsets.ISO_8859_1));
    try (var deflated = new DeflaterOutputStream(data)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        deflated.write(zeros);
      }
    }
    byte[] file = withChunk(plain, data.toByteArray());
    Picture expected = decoder.decode(plain, "test");
    long before = allocated();
    assertEquals(expected, decoder.decode(file, "test"));
    assertTrue(allocated() - before < 8 << 20, "allocated " + (allocated() - before));
  }

  /** Inserts a chunk before the pixels. */
  private static byte[] withChunk(byte[] png, byte[] typeAndData) {
    var sum = new CRC32();
    sum.update(typeAndData);
    int pixels = new String(png, StandardCharsets.ISO_8859_1).indexOf("IDAT") - 4;
    var all = new ByteArrayOutputStream();
    all.write(png, 0, pixels);
    all.writeBytes(ByteBuffer.allocate(4).putInt(typeAndData.length - 4).array());
    all.writeBytes(typeAndData);
    all.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
    all.write(png, pixels, png.length - pixels);
    return all.toByteArray();
  }

  /** As in Pillow: wrong colors would go unnoticed. */
  @Test
  void aDamagedPaletteIsNoticed() {
    byte[] file =
        PictureFiles.file(PictureFiles.image(SCENE, BufferedImage.TYPE_BYTE_INDEXED), "png");
    int palette = new String(file, StandardCharsets.ISO_8859_1).indexOf("PLTE") + 4;
    file[palette + 30] ^= 1;
    assertEquals("has a wrong checksum in its chunk PLTE", reason(file));
  }
}

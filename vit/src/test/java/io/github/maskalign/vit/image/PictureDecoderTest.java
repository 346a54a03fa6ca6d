package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.image.PictureDecoder.JpegLibrary;
import io.github.maskalign.vit.image.PictureDecoder.Options;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import javax.imageio.IIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureDecoderTest {

  private static final Picture SCENE = PictureFiles.scene(37, 53, 1);

  private final PictureDecoder decoder =
      PictureDecoder.open(Options.defaults().withJpeg(JpegLibrary.IMAGEIO));

  private Picture decoded(byte[] file) {
    return decoder.decode(file, "test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp"})
  void losslessFormatsGiveTheirPixels(String format) {
    assertEquals(
        SCENE,
        decoded(
            PictureFiles.file(PictureFiles.image(SCENE, BufferedImage.TYPE_3BYTE_BGR), format)));
  }

  @Test
  void alphaIsDropped() {
    BufferedImage image = PictureFiles.image(SCENE, BufferedImage.TYPE_INT_ARGB);
    for (int x = 0; x < image.getWidth(); x++) {
      image.setRGB(x, 5, image.getRGB(x, 5) & 0xffffff | x << 24);
    }
    assertEquals(SCENE, decoded(PictureFiles.file(image, "png")));
  }

  @Test
  void grayBecomesThreeEqualPlanesByItsStoredValues() {
    Picture gray = SCENE.gray();
    BufferedImage image =
        new BufferedImage(gray.width(), gray.height(), BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, gray.width(), gray.height(), gray.pixels());
    byte[] file = PictureFiles.file(image, "png");

    assertEquals(gray.rgb(), decoded(file));
    assertEquals(gray, PictureDecoder.open(Options.defaults().withGray(true)).decode(file, "test"));
    assertEquals(
        gray,
        PictureDecoder.open(Options.defaults().withGray(true))
            .decode(PictureFiles.png(gray.rgb()), "test"));
  }

  @Test
  void sixteenBitsKeepTheUpperEight() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(0, 0, 0, 0xabcd);
    image.getRaster().setSample(1, 0, 0, 0x00ff);
    byte[] expected = {(byte) 0xab, 0};
    assertEquals(Picture.of(expected, 1, 1, 2).rgb(), decoded(PictureFiles.file(image, "png")));
  }

  @ParameterizedTest
  @CsvSource({"png,1", "png,2", "png,4", "png,8", "gif,8", "bmp,8"})
  void palettesAreLookedUp(String format, int bits) {
    int colors = 1 << bits;
    byte[][] table = new byte[3][colors];
    for (int i = 0; i < colors; i++) {
      table[0][i] = (byte) (i * 255 / (colors - 1));
      table[1][i] = (byte) (255 - i);
      table[2][i] = (byte) (7 * i);
    }
    IndexColorModel model = new IndexColorModel(bits, colors, table[0], table[1], table[2]);
    BufferedImage image =
        bits == 8
            ? new BufferedImage(19, 15, BufferedImage.TYPE_BYTE_INDEXED, model)
            : new BufferedImage(19, 15, BufferedImage.TYPE_BYTE_BINARY, model);
    byte[] planes = new byte[3 * 19 * 15];
    for (int i = 0; i < 19 * 15; i++) {
      int index = i * 31 % colors;
      image.getRaster().setSample(i % 19, i / 19, 0, index);
      for (int c = 0; c < 3; c++) {
        planes[c * 19 * 15 + i] = table[c][index];
      }
    }
    assertEquals(Picture.of(planes, 3, 15, 19), decoded(PictureFiles.file(image, format)));
  }

  @Test
  void aGifIsAsLargeAsItsScreen() {
    IndexColorModel colors =
        new IndexColorModel(8, 2, new byte[] {9, 3}, new byte[] {8, 2}, new byte[] {7, 1});
    BufferedImage image = new BufferedImage(7, 6, BufferedImage.TYPE_BYTE_INDEXED, colors);
    for (int i = 0; i < 6; i++) {
      image.getRaster().setSample(i, i, 0, 1);
    }
    Picture whole = decoded(PictureFiles.file(image, "gif"));
    byte[] file = PictureFiles.file(image, "gif");
    file[6] = 10;
    file[8] = 12;
    int descriptor = new String(file, StandardCharsets.ISO_8859_1).indexOf(",\0\0\0\0\7\0\6\0");
    file[descriptor + 1] = 2;
    file[descriptor + 3] = 5;

    Picture picture = decoded(file);

    assertEquals("image of 3 channels, 12 x 10", picture.toString());
    assertEquals(whole, picture.crop(5, 2, 6, 7));
    assertEquals(3, picture.at(0, 5, 2));
    for (int y = 0; y < 12; y++) {
      for (int x = 0; x < 10; x++) {
        boolean covered = y >= 5 && y < 11 && x >= 2 && x < 9;
        assertTrue(covered || picture.at(2, y, x) == 7, y + " " + x);
      }
    }
  }

  @Test
  void webpLossless() {
    byte[] planes = new byte[3 * 8 * 16];
    for (int i = 0; i < 8 * 16; i++) {
      planes[i] = (byte) (i % 16 * 16);
      planes[128 + i] = (byte) (i / 16 * 30);
      planes[256 + i] = (byte) (i % 16 < 8 ? 200 : 40);
    }
    assertEquals(Picture.of(planes, 3, 8, 16), decoded(PictureFiles.WEBP_LOSSLESS));
  }

  @Test
  void webpLossyIsNearWhatWasEncoded() {
    byte[] planes = new byte[3 * 40 * 48];
    for (int i = 0; i < 40 * 48; i++) {
      int x = i % 48;
      int y = i / 48;
      planes[i] = (byte) (x * 5);
      planes[40 * 48 + i] = (byte) (y * 6);
      planes[2 * 40 * 48 + i] = (byte) (127 + 100 * Math.sin(x * .2) * Math.cos(y * .15));
    }
    Picture picture = decoded(PictureFiles.WEBP_LOSSY);
    double difference = Pictures.difference(Picture.of(planes, 3, 40, 48), picture);
    assertTrue(difference < 6, "mean difference " + difference);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void jpegIsNearWhatWasEncoded(boolean progressive) {
    Picture picture = decoded(PictureFiles.jpeg(SCENE, 0.95, progressive));
    double difference = Pictures.difference(SCENE, picture);
    assertTrue(difference < 6, "mean difference " + difference);
  }

  /** Expected positions follow the EXIF standard's description of row 0 and column 0. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void exifTurnsPicturesUpright(int orientation) {
    byte[] plain = PictureFiles.jpeg(SCENE, 0.9, false);
    Picture stored = decoded(plain);
    for (boolean bigEndian : new boolean[] {false, true}) {
      byte[] exif = PictureFiles.exif(orientation, bigEndian);
      byte[] data = new byte[6 + exif.length];
      System.arraycopy("Exif\0\0".getBytes(StandardCharsets.US_ASCII), 0, data, 0, 6);
      System.arraycopy(exif, 0, data, 6, exif.length);
      byte[] file = PictureFiles.withSegment(plain, 0xe1, data);

      Picture upright = decoded(file);

      int last = stored.height() - 1;
      int right = stored.width() - 1;
      boolean turned = orientation > 4;
      assertEquals(turned ? stored.width() : stored.height(), upright.height());
      for (int y = 0; y < upright.height(); y++) {
        for (int x = 0; x < upright.width(); x++) {
          int expected =
              switch (orientation) {
                case 1 -> stored.at(0, y, x);
                case 2 -> stored.at(0, y, right - x);
                case 3 -> stored.at(0, last - y, right - x);
                case 4 -> stored.at(0, last - y, x);
                case 5 -> stored.at(0, x, y);
                case 6 -> stored.at(0, last - x, y);
                case 7 -> stored.at(0, last - x, right - y);
                default -> stored.at(0, x, right - y);
              };
          assertEquals(expected, upright.at(0, y, x));
        }
      }
      Options asStored = Options.defaults().withUpright(false).withJpeg(JpegLibrary.IMAGEIO);
      assertEquals(stored, PictureDecoder.open(asStored).decode(file, "test"));
    }
  }

  /** Flat inks, so that rounding is the only loss. */
  @ParameterizedTest
  @CsvSource({
    "-1,0,0,0,0,255,255,255",
    "-1,255,0,0,0,0,255,255",
    "-1,0,100,0,51,204,124,204",
    "0,255,255,255,255,255,255,255",
    "0,255,155,255,204,204,124,204",
    "2,255,128,128,255,0,0,0",
    "2,0,128,128,204,204,204,204"
  })
  void inksBecomeColors(int adobe, int a, int b, int c, int d, int red, int green, int blue) {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
    for (int i = 0; i < 256; i++) {
      raster.setPixel(i % 16, i / 16, new int[] {a, b, c, d});
    }
    byte[] file = PictureFiles.jpeg(raster, 1);
    if (adobe >= 0) {
      byte[] segment = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) adobe};
      file = PictureFiles.withSegment(file, 0xee, segment);
    }

    Picture picture = decoded(file);

    assertEquals(red, picture.at(0, 8, 8), 2);
    assertEquals(green, picture.at(1, 8, 8), 2);
    assertEquals(blue, picture.at(2, 8, 8), 2);
  }

  /** A marker without length precedes those with one. */
  @Test
  void aMarkerThatIsOutOfPlaceIsPassedOver() {
    byte[] file = PictureFiles.jpeg(SCENE, 0.9, false);
    byte[] odd = new byte[file.length + 2];
    System.arraycopy(file, 0, odd, 0, 2);
    odd[2] = (byte) 0xff;
    odd[3] = (byte) 0xd0;
    System.arraycopy(file, 2, odd, 4, file.length - 2);
    assertEquals(decoded(file), decoded(odd));
  }

  @Test
  void everyFileThatIsCutOffIsRefused() {
    byte[][] files = {
      PictureFiles.jpeg(SCENE, 0.5, false),
      PictureFiles.jpeg(SCENE, 0.5, true),
      PictureFiles.png(SCENE.crop(0, 0, 9, 9)),
      PictureFiles.file(
          PictureFiles.image(SCENE.crop(0, 0, 9, 9), BufferedImage.TYPE_3BYTE_BGR), "bmp"),
      PictureFiles.file(
          PictureFiles.image(SCENE.crop(0, 0, 9, 9), BufferedImage.TYPE_BYTE_INDEXED), "gif"),
      PictureFiles.WEBP_LOSSLESS,
      PictureFiles.WEBP_LOSSY,
    };
    for (byte[] file : files) {
      PictureFormat format = decoder.header(file, "test").format();
      int spare =
          switch (format) {
            case GIF -> 1; // the trailer
            case PNG -> 4; // the checksum of no data
            case BMP -> 1; // padding of the last row
            case JPEG, WEBP -> 0;
          };
      for (int length = 0; length < file.length - spare; length++) {
        byte[] part = Arrays.copyOf(file, length);
        DamagedPictureException damaged =
            assertThrows(DamagedPictureException.class, () -> decoded(part), format + " " + length);
        assertEquals("test", damaged.name());
      }
    }
  }

  @Test
  void headersThatAskForTooMuchAreRefusedBeforeDecoding() {
    byte[] jpeg = PictureFiles.jpeg(SCENE, 0.5, false);
    int frame = 0;
    while (jpeg[frame] != (byte) 0xff || jpeg[frame + 1] != (byte) 0xc0) {
      frame++;
    }
    jpeg[frame + 5] = (byte) 0xff;
    jpeg[frame + 7] = (byte) 0xff;
    byte[] png = PictureFiles.png(SCENE);
    png[16] = 0x10;
    for (byte[] file : new byte[][] {jpeg, png}) {
      String said = assertThrows(DamagedPictureException.class, () -> decoded(file)).getMessage();
      assertTrue(said.matches("test: claims to be a .* more than its \\d+ bytes can encode"), said);
    }
    PictureDecoder small = PictureDecoder.open(Options.defaults().withMaxPixels(1960));
    byte[] whole = PictureFiles.png(SCENE);
    String said =
        assertThrows(DamagedPictureException.class, () -> small.decode(whole, "a.png"))
            .getMessage();
    assertEquals("a.png: is a PNG of 53 x 37 pixels; the limit is 1960 pixels", said);
    assertEquals(
        SCENE, PictureDecoder.open(Options.defaults().withMaxPixels(1961)).decode(whole, "a.png"));
    assertThrows(ArgumentException.class, () -> Options.defaults().withMaxPixels(0));
  }

  /** Reading a pipe would wait for a writer, reading the device would never end. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void onlyRegularFilesAreRead(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe.jpg");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Path zero = Files.createSymbolicLink(folder.resolve("zero.jpg"), Path.of("/dev/zero"));
    Map.of(pipe, "named pipe", zero, "device", folder, "folder")
        .forEach(
            (file, kind) -> {
              DamagedPictureException error =
                  assertThrows(DamagedPictureException.class, () -> decoder.decode(file));
              assertEquals("is a " + kind + ", not a file", error.reason());
            });
  }

  @Test
  void filesThatAreTooLargeAreRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("large.bmp");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 31);
    }
    DamagedPictureException error =
        assertThrows(DamagedPictureException.class, () -> decoder.decode(file));
    assertEquals("is larger than 2 GB", error.reason());
  }

  @Test
  void filesAreNamedInErrors(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("a.jpg"), "no picture at all");
    Path empty = Files.write(folder.resolve("b.jpg"), new byte[0]);
    Path good = Files.write(folder.resolve("c.jpg"), PictureFiles.png(SCENE));

    assertEquals(SCENE, decoder.decode(good));
    assertEquals("is not a JPEG, PNG, GIF, BMP or WebP file", reason(text));
    assertEquals("is empty", reason(empty));
    Path pointer =
        Files.writeString(
            folder.resolve("e.jpg"), "version https://git-lfs.github.com/spec/v1\nsize 5\n");
    assertTrue(reason(pointer).startsWith("is only a Git LFS pointer"), () -> reason(pointer));
    Path missing = folder.resolve("d.jpg");
    UncheckedIOException failure =
        assertThrows(UncheckedIOException.class, () -> decoder.decode(missing));
    assertInstanceOf(
        NoSuchFileException.class, failure.getCause(), "a missing file is not damaged");
  }

  private String reason(Path file) {
    DamagedPictureException damaged =
        assertThrows(DamagedPictureException.class, () -> decoder.decode(file));
    assertEquals(file.toString(), damaged.name());
    return damaged.reason();
  }

  /** Readers throw anything, often without a message of their own. */
  @Test
  void reasonsSayWhatAReaderThrew() {
    assertEquals("is too odd", PictureDecoder.reason(new IOException("is too odd")));
    assertEquals("cannot be decoded: bad row", PictureDecoder.reason(new IIOException("bad row")));
    assertEquals(
        "cannot be decoded: ArithmeticException: / by zero",
        PictureDecoder.reason(new ArithmeticException("/ by zero")));
    assertEquals(
        "cannot be decoded: NegativeArraySizeException: -3",
        PictureDecoder.reason(
            new IIOException(
                "Caught exception during read: ", new NegativeArraySizeException("-3"))));
    assertEquals(
        "cannot be decoded: StackOverflowError", PictureDecoder.reason(new StackOverflowError()));
    assertEquals("is truncated", PictureDecoder.reason(new IIOException("", new EOFException())));
  }

  @Test
  void saysWhichLibraryDecodesJpeg() {
    assertTrue(decoder.explanation().startsWith("JPEG by javax.imageio as requested, WebP by "));
    assertTrue(PictureDecoder.open().explanation().startsWith("JPEG by "));
  }
}

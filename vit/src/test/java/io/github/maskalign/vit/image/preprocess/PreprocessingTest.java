package io.github.maskalign.vit.image.preprocess;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PixelMode;
import io.github.maskalign.vit.image.Resize;
import io.github.maskalign.vit.image.StoredPicture;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.Filter;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PreprocessingTest {

  private static final ChannelStats STATS = ChannelStats.imageNet();

  private static Picture picture(int channels, int height, int width) {
    byte[] pixels = new byte[channels * height * width];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (31 * i);
    }
    return Picture.of(pixels, channels, height, width);
  }

  @Test
  void theDefaultCropsAFractionAndTakesExactImagesWhole() {
    Preprocessing usual = Preprocessing.of(16, STATS);
    assertEquals(new ResizeRule.ShortestEdgeUnless(18, ImageSize.square(16)), usual.resize());
    Picture exact = picture(3, 16, 16);
    assertSame(exact, usual.view(exact));
    Picture resized = Resize.bicubic(36, 18).apply(picture(3, 40, 20));
    assertEquals(resized.crop(10, 1, 16, 16), usual.view(picture(3, 40, 20)));
  }

  @Test
  void aShortSideOfZeroIgnoresTheAspectRatio() {
    Preprocessing squashed = Preprocessing.squashed(ImageSize.square(16), STATS.forChannels(1));
    Picture gray = picture(3, 40, 20).gray();
    assertEquals(Resize.bicubic(16, 16).apply(gray), squashed.view(picture(3, 40, 20)));
    assertEquals(
        Preprocessing.squashed(ImageSize.square(32), STATS.forChannels(1)), squashed.withSize(32));
  }

  @Test
  void anotherSizeSeesTheSamePart() {
    assertEquals(Preprocessing.of(384, STATS), Preprocessing.of(224, STATS).withSize(384));
    Preprocessing clip = Preprocessing.centerCrop(224, 0.9, STATS);
    assertEquals(Preprocessing.centerCrop(ImageSize.square(224), 248, false, STATS), clip);
    assertEquals(
        Preprocessing.centerCrop(ImageSize.square(112), 124, false, STATS), clip.withSize(112));
    assertThrows(
        ShapeException.class,
        () -> Preprocessing.centerCrop(ImageSize.square(224), 200, false, STATS));
  }

  /** Values are those of DINOv3's processor in transformers 5.24, which broadcasts one channel. */
  @Test
  void floatsOfOneChannelAreNormalizedByTheStatisticsOfThree() {
    Preprocessing floats =
        new Preprocessing(
            ColorRule.AS_STORED,
            new ResizeRule.None(),
            new Sampling(Filter.BILINEAR, Arithmetic.FLOAT),
            null,
            STATS);
    PixelValues gray = floats.prepare(StoredPicture.of(picture(1, 2, 2)));
    assertEquals(3, gray.channels());
    assertEquals((31 / 255f - 0.456f) / 0.224f, gray.values()[5], 1e-6);
    StoredPicture bits =
        StoredPicture.of(PixelMode.BILEVEL, Picture.of(new byte[] {0, -1}, 1, 1, 2));
    assertEquals((1 / 255f - 0.485f) / 0.229f, floats.prepare(bits).values()[1], 1e-6);
    StoredPicture alpha = StoredPicture.of(PixelMode.GRAY_ALPHA, picture(2, 2, 2));
    assertThrows(ShapeException.class, () -> floats.prepare(alpha));
  }

  @Test
  void bitsThatAreNotConvertedAreRefused() {
    Preprocessing bytes =
        new Preprocessing(
            ColorRule.AS_STORED,
            new ResizeRule.None(),
            Sampling.BICUBIC,
            null,
            STATS.forChannels(1));
    StoredPicture bits = StoredPicture.of(PixelMode.BILEVEL, picture(1, 2, 2));
    ShapeException error = assertThrows(ShapeException.class, () -> bytes.prepare(bits));
    assertTrue(error.getMessage().contains("black and white"), error.getMessage());
  }

  /** Pillow keeps the transparent color of a file that is converted to RGB when it is loaded. */
  @Test
  void theTransparentColorOfAFileBecomesWhiteWithPillow() {
    Picture gray = Picture.of(new byte[] {7, 8}, 1, 1, 2);
    StoredPicture keyed = new StoredPicture(PixelMode.GRAY, gray, null, new int[] {7});
    for (Arithmetic library : new Arithmetic[] {Arithmetic.PILLOW, Arithmetic.TORCHVISION}) {
      Preprocessing given =
          new Preprocessing(
              ColorRule.ON_WHITE,
              new ResizeRule.None(),
              new Sampling(Filter.BICUBIC, library),
              null,
              STATS);
      float white = given.apply(Picture.of(new byte[] {-1, -1, -1}, 3, 1, 1))[0];
      float stored = given.apply(Picture.of(new byte[] {7, 7, 7}, 3, 1, 1))[0];
      float[] loaded = given.load(keyed).values();
      assertEquals(library == Arithmetic.PILLOW ? white : stored, loaded[0]);
      assertEquals(white, given.prepare(keyed).values()[0]);
    }
  }

  @ParameterizedTest
  @EnumSource(Arithmetic.class)
  void anArrayGetsTheSameValuesFromAnOffsetOn(Arithmetic arithmetic) {
    Preprocessing usual = Preprocessing.of(16, STATS);
    Preprocessing given =
        new Preprocessing(
            usual.colors(),
            usual.resize(),
            new Sampling(Filter.BICUBIC, arithmetic),
            usual.crop(),
            STATS);
    float[] expected = given.apply(picture(1, 40, 20));
    float[] out = new float[expected.length + 2];
    given.write(picture(1, 40, 20), out, 1);
    assertArrayEquals(expected, Arrays.copyOfRange(out, 1, out.length - 1));
    assertEquals(0, out[0]);
    assertEquals(0, out[out.length - 1]);
  }

  /** Only the center is computed, so that no memory is needed for the rest. */
  @ParameterizedTest
  @EnumSource(Arithmetic.class)
  void theCenterOfAnElongatedImage(Arithmetic arithmetic) {
    Preprocessing usual = Preprocessing.of(224, STATS);
    Sampling sampling = new Sampling(Filter.BICUBIC, arithmetic);
    Preprocessing given =
        new Preprocessing(usual.colors(), usual.resize(), sampling, usual.crop(), STATS);
    Picture line = picture(3, 1, 20_001);
    Picture seen = given.view(line);
    // Each pixel is enlarged to 256 columns; the center is within the middle one.
    Picture middle = line.crop(0, 9_990, 1, 21);
    Picture near = given.view(middle);
    assertEquals(near, seen);
    assertArrayEquals(given.apply(middle), given.apply(line), 1e-6f);

    Picture endless = picture(1, 1, 70_000);
    DamagedPictureException refused =
        assertThrows(DamagedPictureException.class, () -> given.view(endless));
    assertTrue(refused.getMessage().contains("too elongated"), refused.getMessage());
    Preprocessing uncropped =
        new Preprocessing(usual.colors(), usual.resize(), sampling, null, STATS);
    assertThrows(DamagedPictureException.class, () -> uncropped.view(line));
  }

  @ParameterizedTest
  @EnumSource(Centering.class)
  void aSmallImageGetsABorder(Centering centering) {
    Crop crop = new Crop(new ImageSize(9, 4), centering, 7);
    for (int height : new int[] {4, 8, 9, 14}) {
      for (int width : new int[] {1, 2, 4, 7}) {
        ImageSize size = new ImageSize(height, width);
        Picture whole = picture(2, height, width);
        Picture framed = crop.framed(crop.region(size).of(whole), size);
        double[] levels = new double[2 * crop.region(size).area()];
        Picture region = crop.region(size).of(whole);
        int at = 0;
        for (int c = 0; c < 2; c++) {
          for (int y = 0; y < region.height(); y++) {
            for (int x = 0; x < region.width(); x++) {
              levels[at++] = level(region, c, y, x);
            }
          }
        }
        double[] exact = crop.framed(levels, 2, size);
        for (int i = 0; i < 2 * 9 * 4; i++) {
          int y = i / 4 % 9 + centering.offset(height, 9);
          int x = i % 4 + centering.offset(width, 4);
          boolean within = y >= 0 && y < height && x >= 0 && x < width;
          int expected = within ? level(whole, i / 36, y, x) : 7;
          assertEquals(expected, level(framed, i / 36, i / 4 % 9, i % 4));
          assertEquals(expected, exact[i]);
        }
      }
    }
  }

  private static int level(Picture picture, int channel, int y, int x) {
    return picture.pixels()[picture.plane(channel) + y * picture.width() + x] & 0xff;
  }
}

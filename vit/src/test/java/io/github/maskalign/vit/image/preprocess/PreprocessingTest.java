package io.github.maskalign.vit.image.preprocess;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.ChannelStats;
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
}

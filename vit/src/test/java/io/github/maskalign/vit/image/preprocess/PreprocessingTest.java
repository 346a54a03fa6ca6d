package io.github.maskalign.vit.image.preprocess;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.Resize;
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

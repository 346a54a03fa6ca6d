package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.ShapeException;
import org.junit.jupiter.api.Test;

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
    assertEquals(18, usual.shortSide());
    Picture exact = picture(3, 16, 16);
    assertSame(exact, usual.view(exact));
    Picture resized = Resize.bicubic(36, 18).apply(picture(3, 40, 20));
    assertEquals(resized.crop(10, 1, 16, 16), usual.view(picture(3, 40, 20)));
  }

  @Test
  void aShortSideOfZeroIgnoresTheAspectRatio() {
    Preprocessing squashed = new Preprocessing(16, 0, false, STATS.forChannels(1));
    Picture gray = picture(3, 40, 20).gray();
    assertEquals(Resize.bicubic(16, 16).apply(gray), squashed.view(picture(3, 40, 20)));
    assertEquals(0, squashed.withSize(32).shortSide());
  }

  @Test
  void anotherSizeSeesTheSamePart() {
    assertEquals(Preprocessing.of(384, STATS), Preprocessing.of(224, STATS).withSize(384));
    Preprocessing clip = Preprocessing.centerCrop(224, 0.9, STATS);
    assertEquals(new Preprocessing(224, 248, false, STATS), clip);
    assertEquals(new Preprocessing(112, 124, false, STATS), clip.withSize(112));
    assertThrows(ShapeException.class, () -> new Preprocessing(224, 200, false, STATS));
  }
}

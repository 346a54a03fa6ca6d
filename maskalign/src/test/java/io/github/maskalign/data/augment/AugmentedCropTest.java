package io.github.maskalign.data.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.CenterCrop;
import io.github.maskalign.data.Range;
import io.github.maskalign.data.WholeImage;
import io.github.maskalign.data.augment.AugmentedCrop.Options;
import io.github.maskalign.data.augment.RandomErasing.Filling;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AugmentedCropTest {

  private static final ChannelStats STATS = ChannelStats.imageNet();

  private static Picture random(int height, int width, long seed) {
    byte[] pixels = new byte[3 * height * width];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Philox.of(seed).bits(i);
    }
    return Picture.of(pixels, 3, height, width);
  }

  @Test
  void withoutAlterationsItIsThePlainCrop() {
    RandomResizedCrop.Options crop = RandomResizedCrop.Options.preTraining(16, 12);
    RandomResizedCrop plain = new RandomResizedCrop(crop, STATS);
    AugmentedCrop augmented = new AugmentedCrop(Options.of(crop), STATS);
    float[] expected = new float[3 * 16 * 12 + 2];
    float[] got = new float[expected.length];
    for (int i = 0; i < 50; i++) {
      plain.apply(random(40, 50, i), Philox.of(1).at(i), expected, 1);
      augmented.apply(random(40, 50, i), Philox.of(1).at(i), got, 1);
      assertArrayEquals(expected, got);
    }
  }

  @Property(tries = 60)
  void viewsAreAFunctionOfPictureAndDraws(
      @ForAll @IntRange(min = 1, max = 60) int height,
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll boolean probe,
      @ForAll long seed) {
    Options options = probe ? Options.linearProbe(14) : Options.fineTuning(14);
    AugmentedCrop view = new AugmentedCrop(options.withJitter(new ColorJitter(0.4)), STATS);
    Picture picture = random(height, width, seed);
    float[] first = new float[3 * 14 * 14];
    float[] second = new float[3 * 14 * 14 + 1];

    view.apply(picture, Philox.of(seed), first, 0);
    view.apply(picture, Philox.of(seed), second, 1);

    assertArrayEquals(first, Arrays.copyOfRange(second, 1, second.length));
    assertEquals(0, second[0]);
    for (float value : first) {
      assertTrue(Float.isFinite(value) && Math.abs(value) < 10, "value " + value);
    }
  }

  @Test
  void descriptionsTellDifferentViewsApart() {
    Options options = Options.fineTuning(224);
    String whole = new AugmentedCrop(options, STATS).description();
    assertTrue(whole.contains("rand-m9.0-n2-mstd0.5-inc1"), whole);
    assertFalse(whole.equals(new AugmentedCrop(options.withErasing(null), STATS).description()));
    assertFalse(
        new AugmentedCrop(Options.linearProbe(224), STATS)
            .description()
            .equals(new AugmentedCrop(Options.of(options.crop()), STATS).description()));
  }

  @Test
  void oneDrawIsCutToThePicture() {
    Range ratio = new Range(3.0 / 4, 4.0 / 3);
    for (int i = 0; i < 500; i++) {
      CropBox box = CropBox.once(300, 10, new Range(0.5, 1), ratio, Philox.of(i));
      assertEquals(10, box.width());
      assertTrue(box.height() < 300 && box.top() + box.height() <= 300, box.toString());
    }
  }

  @ParameterizedTest
  @EnumSource
  void erasesOnlyTheBox(Filling filling) {
    RandomErasing erasing = new RandomErasing(1, filling, 1);
    CropBox box = new CropBox(2, 3, 4, 5);
    float[] pixels = new float[1 + 3 * 10 * 12];
    Arrays.fill(pixels, 9);

    erasing.erase(pixels, 1, 3, 10, 12, box, Philox.of(1));

    for (int i = 0; i < 360; i++) {
      int y = i / 12 % 10;
      int x = i % 12;
      boolean inside = y >= 2 && y < 6 && x >= 3 && x < 8;
      assertEquals(inside, pixels[1 + i] != 9, y + " " + x);
    }
    float first = pixels[1 + 2 * 12 + 3];
    float below = pixels[1 + 3 * 12 + 3];
    float otherChannel = pixels[1 + 120 + 2 * 12 + 3];
    assertEquals(filling == Filling.CONST, first == 0);
    assertEquals(filling != Filling.PIXEL, first == below);
    assertEquals(filling == Filling.CONST, first == otherChannel);
  }

  @Test
  void erasesAboutAQuarterWithinTheAreaAskedFor() {
    int erased = 0;
    for (int i = 0; i < 4000; i++) {
      List<CropBox> boxes = RandomErasing.official().boxes(100, 80, Philox.of(2).at(i));
      erased += boxes.size();
      for (CropBox box : boxes) {
        double share = box.height() * box.width() / 8000.0;
        assertTrue(share > 0.018 && share < 0.345, box.toString());
        assertTrue(box.top() + box.height() <= 100 && box.left() + box.width() <= 80);
      }
    }
    assertEquals(1000, erased, 5 * Math.sqrt(4000 * 0.25 * 0.75));
    assertThrows(ArgumentException.class, () -> new RandomErasing(2, Filling.RAND, 1));
    assertThrows(ArgumentException.class, () -> new RandomErasing(1, Filling.RAND, 0));
  }

  @Test
  void evaluationTakesTheMiddle() {
    assertEquals(
        Preprocessing.centerCrop(ImageSize.square(32), 36, true, STATS),
        Preprocessing.of(32, STATS));
    assertEquals(
        Preprocessing.centerCrop(ImageSize.square(224), 256, true, STATS),
        Preprocessing.of(224, STATS));
    assertEquals(
        Preprocessing.centerCrop(ImageSize.square(384), 384, true, STATS),
        Preprocessing.of(384, STATS));
    assertEquals(
        Preprocessing.centerCrop(ImageSize.square(224), 256, false, STATS),
        Preprocessing.centerCrop(224, 0.875, STATS));
    Picture exact = random(32, 32, 1);
    float[] whole = new float[3 * 32 * 32];
    float[] plain = new float[whole.length];
    float[] official = new float[whole.length];

    new WholeImage(32, 32, STATS).apply(exact, Philox.of(0), plain, 0);
    new CenterCrop(Preprocessing.of(32, STATS)).apply(exact, Philox.of(0), whole, 0);
    new CenterCrop(Preprocessing.centerCrop(ImageSize.square(32), 36, false, STATS))
        .apply(exact, Philox.of(0), official, 0);

    assertArrayEquals(plain, whole);
    assertFalse(Arrays.equals(plain, official));
    Picture tall = random(100, 32, 1);
    new CenterCrop(Preprocessing.centerCrop(ImageSize.square(32), 32, true, STATS))
        .apply(tall, Philox.of(0), whole, 0);
    new WholeImage(32, 32, STATS).apply(tall.crop(34, 0, 32, 32), Philox.of(0), plain, 0);
    assertArrayEquals(plain, whole);
  }
}

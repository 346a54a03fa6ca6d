package io.github.maskalign.data.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.Range;
import io.github.maskalign.data.WholeImage;
import io.github.maskalign.data.augment.RandomResizedCrop.Options;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RandomResizedCropTest {

  private static final Range RATIO = new Range(3.0 / 4, 4.0 / 3);
  private static final ChannelStats STATS =
      new ChannelStats(new double[] {0.25}, new double[] {0.5});

  @Property(tries = 500)
  void boxesLieInsideThePicture(
      @ForAll @IntRange(min = 1, max = 60) int height,
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll long seed) {
    CropBox box = CropBox.random(height, width, new Range(0.2, 1), RATIO, Philox.of(seed));

    assertTrue(box.fits(height, width), box.toString());
    assertTrue(box.top() >= 0 && box.top() + box.height() <= height, box.toString());
    assertTrue(box.left() >= 0 && box.left() + box.width() <= width, box.toString());
  }

  @Test
  void areaAndRatioAreThoseAskedFor() {
    Range scale = new Range(0.3, 0.5);
    double share = 0;
    int atTop = 0;
    int atBottom = 0;
    for (int i = 0; i < 2000; i++) {
      CropBox box = CropBox.random(300, 300, scale, RATIO, Philox.of(5).at(i));
      double area = box.height() * box.width() / 90_000.0;
      double ratio = (double) box.width() / box.height();
      assertTrue(area > 0.295 && area < 0.505, box.toString());
      assertTrue(ratio > 0.74 && ratio < 1.345, box.toString());
      share += area / 2000;
      atTop += box.top() < (300 - box.height()) / 2 ? 1 : 0;
      atBottom += box.top() > (300 - box.height()) / 2 ? 1 : 0;
    }
    // Uniform: mean 0.4, deviation 0.2 / sqrt(12) over sqrt(2000) draws; five of those.
    assertEquals(0.4, share, 0.0065);
    assertEquals(0, atTop - atBottom, 5 * Math.sqrt(2000));
  }

  /** Rows of the reference tables data/crop_size and data/crop_fallback. */
  @Test
  void sizesAreTorchvisions() {
    assertEquals(new CropBox(0, 0, 9, 11), CropBox.sized(10, 10, 1, 1.2));
    // Halves go to the even neighbor: the square root of 6.25 is 2.5.
    assertEquals(new CropBox(0, 0, 2, 2), CropBox.sized(5, 5, 0.25, 1));
    assertFalse(CropBox.sized(10, 10, 1, 1.3).fits(10, 10));
    assertFalse(CropBox.sized(10, 10, 0.001, 1).fits(10, 10));
    assertEquals(new CropBox(43, 0, 13, 10), CropBox.central(100, 10, RATIO));
    assertEquals(new CropBox(0, 43, 10, 13), CropBox.central(10, 100, RATIO));
    assertEquals(new CropBox(0, 0, 10, 12), CropBox.central(10, 12, RATIO));
  }

  @Test
  void aPictureThatNoBoxFitsIsCutCentrally() {
    CropBox box = CropBox.random(1000, 10, new Range(0.5, 1), RATIO, Philox.of(1));
    assertEquals(CropBox.central(1000, 10, RATIO), box);
  }

  @Test
  void theSameDrawsGiveTheSameNumbers() {
    MemoryDataset set = FashionMnist.testSplit().subset(0, 20);
    RandomResizedCrop crop = new RandomResizedCrop(Options.preTraining(28, 28), STATS);
    float[] first = new float[784];
    float[] second = new float[784];
    int equalToNext = 0;
    for (int i = 0; i < 20; i++) {
      crop.apply(set.picture(3), Philox.of(9).at(0, i), first, 0);
      crop.apply(set.picture(3), Philox.of(9).at(0, i), second, 0);
      assertArrayEquals(first, second);
      crop.apply(set.picture(3), Philox.of(9).at(1, i), second, 0);
      equalToNext += Arrays.equals(first, second) ? 1 : 0;
    }
    assertEquals(0, equalToNext);
  }

  @Test
  void mirrorsAboutHalfOfThePictures() {
    // Rising from left to right, so that the ends show whether a crop is flipped.
    byte[] ramp = new byte[16 * 16];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (i % 16 * 10);
    }
    MemoryDataset set = MemoryDataset.of(ramp, 1, 16, 16);
    RandomResizedCrop crop = new RandomResizedCrop(Options.preTraining(8, 8), STATS);
    float[] out = new float[64];
    int mirrored = 0;
    for (int i = 0; i < 1000; i++) {
      crop.apply(set.picture(0), Philox.of(2).at(i), out, 0);
      mirrored += out[0] > out[7] ? 1 : 0;
    }
    assertEquals(500, mirrored, 5 * Math.sqrt(250));
  }

  @Test
  void theMirrorExchangesColumnsAndNothingElse() {
    MemoryDataset set = FashionMnist.testSplit().subset(0, 1);
    RandomResizedCrop crop = new RandomResizedCrop(Options.preTraining(6, 5), STATS);
    CropBox box = new CropBox(2, 3, 20, 18);
    float[] straight = new float[32];
    float[] mirrored = new float[32];

    crop.apply(set.picture(0), box, false, straight, 1);
    crop.apply(set.picture(0), box, true, mirrored, 1);

    for (int y = 0; y < 6; y++) {
      for (int x = 0; x < 5; x++) {
        assertEquals(straight[1 + y * 5 + x], mirrored[1 + y * 5 + 4 - x]);
      }
    }
    assertEquals(0, mirrored[0]);
    assertEquals(0, mirrored[31]);
  }

  @Test
  void theWholePictureAtItsOwnSizeIsOnlyNormalized() {
    MemoryDataset set = FashionMnist.testSplit().subset(4, 5);
    RandomResizedCrop crop = new RandomResizedCrop(Options.preTraining(28, 28), STATS);
    float[] cropped = new float[784];
    float[] plain = new float[784];

    crop.apply(set.picture(0), new CropBox(0, 0, 28, 28), false, cropped, 0);
    new WholeImage(28, 28, STATS).apply(set.picture(0), Philox.of(0), plain, 0);

    assertArrayEquals(plain, cropped);
  }

  @Test
  void refusesOptionsThatCannotBeDrawn() {
    Options good = Options.preTraining(8, 8);
    assertThrows(ArgumentException.class, () -> good.withScale(0, 1));
    assertThrows(ArgumentException.class, () -> good.withScale(0.5, 1.5));
    assertThrows(ArgumentException.class, () -> good.withScale(0.5, 0.4));
    assertThrows(ArgumentException.class, () -> Options.preTraining(0, 8));
    Range scale = new Range(0.5, 1);
    assertThrows(ArgumentException.class, () -> new Options(8, 8, scale, RATIO, 1.5));
    assertThrows(ArgumentException.class, () -> new Options(8, 8, scale, new Range(0, 1), 0.5));
    MemoryDataset threeChannels = MemoryDataset.of(new byte[192], 3, 8, 8);
    assertThrows(
        ShapeException.class,
        () ->
            new RandomResizedCrop(good, STATS)
                .apply(threeChannels.picture(0), Philox.of(0), new float[192], 0));
  }
}

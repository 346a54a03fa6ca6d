package io.github.maskalign.data.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Picture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Properties beyond the reference data data/randaug_ops and data/randaug_levels. */
class AugmentOpTest {

  private static final int[] FILL = {124, 116, 104};

  private static Picture random(int channels, int height, int width, long seed) {
    byte[] pixels = new byte[channels * height * width];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Philox.of(seed).bits(i);
    }
    return Picture.of(pixels, channels, height, width);
  }

  private static Picture apply(AugmentOp op, Picture picture, double argument) {
    return op.apply(picture, argument, FILL);
  }

  @Property(tries = 300)
  void anySizeAndArgumentGivesAPictureOfThatSize(
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll AugmentOp op,
      @ForAll boolean gray,
      @ForAll boolean negative,
      @ForAll long seed) {
    Picture picture = random(gray ? 1 : 3, height, width, seed);
    byte[] before = picture.pixels().clone();
    double argument = op.argument(10 * Philox.of(seed).uniform(0), negative);

    Picture altered = apply(op, picture, argument);

    assertEquals(picture.toString(), altered.toString());
    assertArrayEquals(before, picture.pixels());
    assertEquals(altered, apply(op, picture, argument));
  }

  @Property(tries = 100)
  void neutralArgumentsChangeNothing(
      @ForAll @IntRange(min = 1, max = 30) int height,
      @ForAll @IntRange(min = 1, max = 30) int width,
      @ForAll long seed) {
    Picture picture = random(3, height, width, seed);
    for (AugmentOp op : AugmentOp.values()) {
      boolean always =
          switch (op) {
            case AUTO_CONTRAST, EQUALIZE, INVERT, POSTERIZE -> false;
            default -> true;
          };
      if (always) {
        assertEquals(picture, apply(op, picture, op.argument(0, false)), op.toString());
      }
    }
    assertEquals(picture, apply(AugmentOp.POSTERIZE, picture, 8));
    Picture negative = apply(AugmentOp.INVERT, picture, 0);
    assertEquals(picture, apply(AugmentOp.INVERT, negative, 0));
    assertEquals(negative, apply(AugmentOp.SOLARIZE, picture, 0));
  }

  @Property(tries = 50)
  void movesByWholePixelsAndQuarterTurnsAreExact(
      @ForAll @IntRange(min = 4, max = 20) int size, @ForAll long seed) {
    Picture picture = random(3, size, size, seed);

    Picture moved = apply(AugmentOp.TRANSLATE_X, picture, 2.0 / size);
    Picture turned = apply(AugmentOp.ROTATE, picture, 90);

    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          // 2.0 / size * size may be a rounding off 2, which can cost a level when truncated.
          int expected = x + 2 < size ? picture.at(c, y, x + 2) : FILL[c];
          assertEquals(expected, moved.at(c, y, x), 1);
          assertEquals(picture.at(c, x, size - 1 - y), turned.at(c, y, x));
        }
      }
    }
  }

  @Test
  void oneLevelHasNoContrastToSpread() {
    Picture flat = Picture.of(new byte[] {7, 7, 7, 7}, 1, 2, 2);
    assertEquals(flat, apply(AugmentOp.AUTO_CONTRAST, flat, 0));
    assertEquals(flat, apply(AugmentOp.EQUALIZE, flat, 0));
    Picture two = Picture.of(new byte[] {7, 8}, 1, 1, 2);
    assertArrayEquals(new byte[] {0, -1}, apply(AugmentOp.AUTO_CONTRAST, two, 0).pixels());
  }

  @Test
  void randAugmentIsDrawnAsAskedFor() {
    RandAugment augment = RandAugment.official();
    assertEquals(augment, RandAugment.parse("rand-m9-mstd0.5-inc1"));
    assertEquals(augment, RandAugment.parse(augment.toString()));
    assertEquals(new RandAugment(3, 5, 0), RandAugment.parse("rand-m5-n3-inc1"));
    assertThrows(ArgumentException.class, () -> RandAugment.parse("rand-m9"));
    assertThrows(ArgumentException.class, () -> RandAugment.parse("augmix-m3"));
    assertThrows(ArgumentException.class, () -> RandAugment.parse("rand-m11-inc1"));
    assertThrows(ArgumentException.class, () -> new RandAugment(0, 9, 0));
    assertArrayEquals(FILL, RandAugment.fill(ChannelStats.imageNet()));

    Picture picture = random(3, 12, 12, 1);
    int same = 0;
    for (int i = 0; i < 2000; i++) {
      Picture altered = augment.apply(picture, FILL, Philox.of(3).at(i));
      assertEquals(altered, augment.apply(picture, FILL, Philox.of(3).at(i)));
      same += altered.equals(picture) ? 1 : 0;
    }
    // Both operations are skipped for a quarter; a few others find nothing to change.
    assertTrue(same > 500 - 5 * 19.4 && same < 600, same + " of 2000 are as they were");
  }

  @Test
  void colorJitterStaysWithinItsStrength() {
    Picture flat = Picture.of(new byte[] {100, 100, 100}, 3, 1, 1);
    ColorJitter jitter = new ColorJitter(0.4);
    double sum = 0;
    for (int i = 0; i < 1000; i++) {
      // Neither contrast nor saturation change a flat gray picture.
      int level = jitter.apply(flat, Philox.of(5).at(i)).at(0, 0, 0);
      assertTrue(level >= 60 && level <= 140, "level " + level);
      sum += level / 1000.0;
    }
    assertEquals(99.5, sum, 5 * 80 / Math.sqrt(12 * 1000));
    Picture picture = random(3, 5, 5, 1);
    assertEquals(picture, new ColorJitter(0).apply(picture, Philox.of(1)));
    assertNotEquals(picture, jitter.apply(picture, Philox.of(1)));
    assertThrows(ArgumentException.class, () -> new ColorJitter(-0.1));
  }
}

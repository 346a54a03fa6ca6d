package io.github.maskalign.cli.visualize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.image.Picture;
import java.awt.image.BufferedImage;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PatchPictureTest {

  private static final int SIDE = 12;
  private static final int GRID = 3;
  private static final int BLACK = 0xff000000;

  private final Picture view = view(3);
  private final PatchPicture canvas = new PatchPicture(view, Grid.square(GRID));

  private static Picture view(int channels) {
    byte[] pixels = new byte[channels * SIDE * SIDE];
    new Random(1).nextBytes(pixels);
    return Picture.of(pixels, channels, SIDE, SIDE);
  }

  private static int rgb(Picture view, int y, int x) {
    return BLACK | view.at(0, y, x) << 16 | view.at(1, y, x) << 8 | view.at(2, y, x);
  }

  @Test
  void smallViewsAreEnlargedPixelByPixel() {
    BufferedImage plain = canvas.plain();
    int scale = plain.getWidth() / SIDE;
    assertEquals(19, scale);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        assertEquals(rgb(view, y, x), plain.getRGB(x * scale, y * scale));
        assertEquals(rgb(view, y, x), plain.getRGB((x + 1) * scale - 1, (y + 1) * scale - 1));
      }
    }
  }

  @Test
  void onlyTheVisiblePatchesAreClear() {
    BufferedImage masked = canvas.only(new int[] {5, 0});
    BufferedImage plain = canvas.plain();
    int patch = masked.getWidth() / GRID;
    for (int i = 0; i < GRID * GRID; i++) {
      int x = i % GRID * patch + 1;
      int y = i / GRID * patch + 1;
      if (i == 0 || i == 5) {
        assertEquals(plain.getRGB(x, y), masked.getRGB(x, y), "patch " + i);
      } else {
        assertNotEquals(plain.getRGB(x, y), masked.getRGB(x, y), "patch " + i);
      }
    }
  }

  @Test
  void heatIsBrightestWhereTheValueIsHighest() {
    Picture black = Picture.of(new byte[SIDE * SIDE], 1, SIDE, SIDE);
    float[] values = new float[GRID * GRID];
    values[7] = 0.2f;
    BufferedImage heat = new PatchPicture(black, Grid.square(GRID)).heat(values);
    int patch = heat.getWidth() / GRID;
    int middle = heat.getRGB(patch + patch / 2, 2 * patch + patch / 2);
    int far = heat.getRGB(patch / 2, patch / 2);
    assertEquals(
        PatchPicture.ColorMap.mixed(0, PatchPicture.ColorMap.of(1), 0.85),
        middle & 0xffffff,
        0x040404);
    assertEquals(BLACK | PatchPicture.ColorMap.mixed(0, PatchPicture.ColorMap.of(0), 0.3), far);
  }

  @Test
  void patchesAreColoredRowByRow() {
    int[] colors = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    BufferedImage image = canvas.colored(colors);
    int patch = image.getWidth() / GRID;
    assertEquals(BLACK | 6, image.getRGB(2 * patch + 3, patch + 3));
    assertEquals(BLACK | 7, image.getRGB(3, 2 * patch + 3));
  }

  @Test
  void colorsGoFromDarkToBrightAndNeverOutside() {
    assertEquals(0x440154, PatchPicture.ColorMap.of(-1));
    assertEquals(0x440154, PatchPicture.ColorMap.of(Double.NaN));
    assertEquals(0xfde725, PatchPicture.ColorMap.of(2));
    assertEquals(0x414487, PatchPicture.ColorMap.of(0.2));
  }
}

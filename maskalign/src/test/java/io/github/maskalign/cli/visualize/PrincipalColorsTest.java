package io.github.maskalign.cli.visualize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PrincipalColorsTest {

  private static final int WIDTH = 6;

  /** Rows that differ most along (3, 4, 0 ...) / 5, then along axis 2, then axis 5. */
  private static float[][] rows(int count) {
    Random random = new Random(3);
    float[][] rows = new float[count][WIDTH];
    for (float[] row : rows) {
      double first = 5 * random.nextGaussian();
      row[0] = (float) (7 + 0.6 * first);
      row[1] = (float) (0.8 * first - 2);
      row[2] = (float) (2 * random.nextGaussian());
      row[5] = (float) random.nextGaussian();
    }
    return rows;
  }

  @Test
  void theDirectionsAreThoseOfTheLargestVariance() {
    double[][] found = new PrincipalColors(rows(4000)).directions();
    assertArrayEquals(new double[] {0.6, 0.8, 0, 0, 0, 0}, found[0], 0.03);
    assertArrayEquals(new double[] {0, 0, 1, 0, 0, 0}, found[1], 0.05);
    assertArrayEquals(new double[] {0, 0, 0, 0, 0, 1}, found[2], 0.05);
  }

  @Test
  void aColorIsThePlaceAlongTheDirections() {
    float[][] rows = rows(1000);
    PrincipalColors colors = new PrincipalColors(rows);
    float[][] ends = {{-93, -122, 0, 0, 0, 0}, {107, 118, 0, 0, 0, 0}};
    int[] got = colors.colors(ends);
    assertEquals(0, got[0] >> 16);
    assertEquals(255, got[1] >> 16);
    assertArrayEquals(got, new PrincipalColors(rows).colors(ends));
  }

  @Test
  void rowsThatDifferInFewerDirectionsHaveColorsToo() {
    float[][] same = {{1, 2, 3}, {1, 2, 3}};
    for (int color : new PrincipalColors(same).colors(same)) {
      assertEquals(0x808080, color);
    }
    float[][] line = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}};
    int[] colors = new PrincipalColors(line).colors(line);
    assertTrue(colors[0] >> 16 < colors[1] >> 16 && colors[1] >> 16 < colors[2] >> 16);
  }
}

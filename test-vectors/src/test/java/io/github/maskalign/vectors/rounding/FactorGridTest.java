package io.github.maskalign.vectors.rounding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BFloat16;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FactorGridTest {

  private static final int BF16 = FactorGrid.fractionBits(Precision.BF16);

  @Test
  void factorOneIsThePrecisionItself() {
    FactorGrid own = new FactorGrid(BF16, 1);
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      float x = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-9, 9)));
      assertEquals(BFloat16.toFloat(BFloat16.fromFloat(x)), own.round(x));
    }
    // Ties go to the even neighbor.
    assertEquals(1, own.round(1 + 0x1p-8f));
    assertEquals(1 + 0x1p-6f, own.round(1 + 3 * 0x1p-8f));
  }

  @Test
  void shiftedGridsAreAsCoarse() {
    FactorGrid shifted = new FactorGrid(BF16, 1.3);
    Random random = new Random(2);
    double worst = 0;
    for (int i = 0; i < 100_000; i++) {
      float x = random.nextFloat(1, 2);
      worst = Math.max(worst, Math.abs(shifted.round(x) / x - 1));
    }
    assertTrue(worst > 0.95 * 0x1p-8 && worst <= 0x1p-8, () -> "a wrong unit of rounding");
  }

  @Test
  void specialValuesStay() {
    FactorGrid grid = new FactorGrid(BF16, 1.3);
    for (float x : new float[] {0, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN}) {
      assertEquals(x, grid.round(x));
    }
  }

  @Test
  void f32RoundsNothing() {
    assertThrows(ArgumentException.class, () -> FactorGrid.fractionBits(Precision.F32));
  }
}

package io.github.maskalign.autograd.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.autograd.GradientFixture;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DropPathTest {

  private final GradientFixture given = new GradientFixture();

  @AfterEach
  void close() {
    given.close();
  }

  /** Values of linspace in float32, from the test vectors, whose last bit depends on the lanes. */
  @Test
  void ratesAreThoseOfTheUsualLinspace() {
    double[] expected = {
      0.0,
      0.00909090880304575,
      0.0181818176060915,
      0.027272727340459824,
      0.036363635212183,
      0.045454543083906174,
      0.054545458406209946,
      0.06363636255264282,
      0.0727272778749466,
      0.08181818574666977,
      0.09090909361839294,
      0.10000000149011612
    };
    float[] rates = DropPath.linearRates(0.1, 12);
    assertEquals(expected.length, rates.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], rates[i], Math.ulp(rates[i]), "block " + i);
    }
    float[] deep = DropPath.linearRates(0.2, 24);
    assertEquals(0.008695652708411217, deep[1], Math.ulp(deep[1]));
    assertEquals(0.1043478325009346, deep[12], Math.ulp(deep[12]));
    assertEquals(0.19130435585975647, deep[22], Math.ulp(deep[22]));
    assertEquals(0.2f, deep[23]);
  }

  @Test
  void ratesOfShallowModels() {
    assertArrayEquals(new float[4], DropPath.linearRates(0, 4));
    assertArrayEquals(new float[0], DropPath.linearRates(0.3, 0));
    assertArrayEquals(new float[] {0}, DropPath.linearRates(0.3, 1));
    assertArrayEquals(new float[] {0, 0.3f}, DropPath.linearRates(0.3, 2));
  }

  @Test
  void aSampleIsDroppedAsAWholeOrScaled() {
    Tensor x = given.ops().of(new float[] {1, 2, 3, 4, 5, 6}, 3, 1, 2);
    // Stays where floor(0.75 + draw) is 1, so from a draw of 0.25 on.
    float[] draws = {0.2499f, 0.25f, 0.99f};
    float[] y = new DropPath(0.25f).forward(given.ops(), x, draws).toFloats();
    float up = 1 / 0.75f;
    assertArrayEquals(new float[] {0, 0, 3 * up, 4 * up, 5 * up, 6 * up}, y, 1e-6f);
  }

  @Test
  void rateZeroChangesNothing() {
    Tensor x = given.normal(2, 3);
    assertSame(x, new DropPath(0).forward(given.ops(), x, new float[] {0, 0}));
  }

  @Test
  void keepsTheElementType() {
    DropPath drop = new DropPath(0.5f);
    assertEquals(DType.F64, drop.forward(given.ops(), given.normal(1, 2), new float[1]).dtype());
  }

  @Test
  void refusesRatesAndDrawsThatDoNotFit() {
    assertThrows(ArgumentException.class, () -> new DropPath(1));
    assertThrows(ArgumentException.class, () -> new DropPath(-0.1f));
    assertThrows(ArgumentException.class, () -> new DropPath(Float.NaN));
    DropPath drop = new DropPath(0.5f);
    Tensor x = given.normal(3, 2);
    assertThrows(ShapeException.class, () -> drop.forward(given.ops(), x, new float[1]));
    Tensor one = given.normal(1, 2);
    assertThrows(ShapeException.class, () -> drop.forward(given.ops(), one, new float[3]));
  }

  @Test
  void gradient() {
    float[] draws = {0.1f, 0.6f, 0.9f};
    given.check((o, x) -> new DropPath(0.5f).forward(o, x.get(0), draws), given.normal(3, 2, 2));
  }
}

package io.github.maskalign.tensor.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class ErrorFunctionTest {

  private static final MathContext DIGITS = new MathContext(60);
  private static final BigDecimal PI =
      new BigDecimal("3.14159265358979323846264338327950288419716939937510582097494");

  /** Values printed in tables, to their last digit. */
  @Test
  void errorFunctionMatchesTables() {
    assertEquals(0.1124629160182849, ErrorFunction.erf(0.1), 1e-16);
    assertEquals(0.5204998778130465, ErrorFunction.erf(0.5), 4e-16);
    assertEquals(0.8427007929497149, ErrorFunction.erf(1), 4e-16);
    assertEquals(0.9953222650189527, ErrorFunction.erf(2), 4e-16);
    assertEquals(0.9999779095030014, ErrorFunction.erf(3), 4e-16);
    assertEquals(-0.9661051464753108, ErrorFunction.erf(-1.5), 4e-16);
  }

  @Test
  void errorFunctionMatchesSixtyDigits() {
    for (int i = -700; i <= 700; i += 7) {
      double x = i / 100.0;
      double expected = exact(x).doubleValue();
      assertEquals(expected, ErrorFunction.erf(x), 1e-15, () -> "erf(" + x + ")");
    }
  }

  @Test
  void smallArgumentsKeepTheirRelativeAccuracy() {
    for (double x = 1e-300; x < 1e-3; x *= 7) {
      double expected = exact(x).doubleValue();
      assertTrue(
          Math.abs(ErrorFunction.erf(x) - expected) <= 4 * Math.ulp(expected), "erf(" + x + ")");
    }
  }

  @Test
  void limits() {
    assertEquals(0.0, ErrorFunction.erf(0.0));
    assertEquals(1, ErrorFunction.erf(Double.POSITIVE_INFINITY));
    assertEquals(-1, ErrorFunction.erf(Double.NEGATIVE_INFINITY));
    assertTrue(Double.isNaN(ErrorFunction.erf(Double.NaN)));
  }

  /**
   * {@code 2/sqrt(pi) sum (-1)^n x^(2n+1) / (n! (2n+1))} with digits to spare for its cancellation.
   */
  private static BigDecimal exact(double argument) {
    BigDecimal x = new BigDecimal(argument);
    BigDecimal minusSquare = x.multiply(x, DIGITS).negate();
    BigDecimal power = x;
    BigDecimal sum = BigDecimal.ZERO;
    for (int n = 0; n < 250; n++) {
      sum = sum.add(power.divide(BigDecimal.valueOf(2 * n + 1), DIGITS), DIGITS);
      power = power.multiply(minusSquare, DIGITS).divide(BigDecimal.valueOf(n + 1), DIGITS);
    }
    return sum.multiply(BigDecimal.TWO).divide(PI.sqrt(DIGITS), DIGITS);
  }
}

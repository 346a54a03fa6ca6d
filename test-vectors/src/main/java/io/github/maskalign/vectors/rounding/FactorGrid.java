package io.github.maskalign.vectors.rounding;

import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ArgumentException;

/**
 * Rounds to numbers as far apart as those of a precision, but other ones: the precision's own,
 * divided by a factor.
 *
 * @param fractionBits of the precision
 * @param factor by which the numbers are divided; 1 gives the precision's own
 */
record FactorGrid(int fractionBits, double factor) {

  /** Bits of the significand after the first. */
  static int fractionBits(Precision precision) {
    return switch (precision) {
      case BF16 -> 7;
      case TF32 -> 10;
      case F32 -> throw new ArgumentException("precision: F32 does not round factors");
    };
  }

  /** The nearest number of the grid; infinities and NaN are unchanged. */
  float round(float x) {
    if (x == 0 || !Float.isFinite(x)) {
      return x;
    }
    double scaled = x * factor;
    double step = Math.scalb(1.0, Math.getExponent(scaled) - fractionBits);
    return (float) (Math.rint(scaled / step) * step / factor);
  }
}

package io.github.maskalign.cpu.bf16;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Against exact arithmetic, rounded once for each of the two steps. */
@Tag("once")
@net.jqwik.api.Tag("once")
class Bf16DotTest {

  private static final BigDecimal LEAST_NORMAL = new BigDecimal(Float.MIN_NORMAL);

  /** Kinds of numbers: any bits, like activations, near the least normal one, special. */
  private static float number(Random random, int kind) {
    return switch (kind) {
      case 0 -> Float.intBitsToFloat(random.nextInt());
      case 1 -> (float) random.nextGaussian();
      case 2 -> (float) Math.scalb(1 + random.nextFloat(), random.nextInt(-130, -120));
      case 3 -> (float) Math.scalb(1 + random.nextFloat(), random.nextInt(-70, -55));
      default ->
          new float[] {0, -0f, Float.MIN_NORMAL, -Float.MIN_VALUE, Float.POSITIVE_INFINITY, 1}
              [random.nextInt(6)];
    };
  }

  private static float bf16(Random random, int kind) {
    return Float.intBitsToFloat(Bf16.round(number(random, kind)) << 16);
  }

  @Property(tries = 500)
  void twoStepsRoundedOnceEach(@ForAll long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 50; i++) {
      float acc = number(random, random.nextInt(5));
      int kind = random.nextInt(5);
      float a = bf16(random, kind);
      float b = bf16(random, kind);
      float c = bf16(random, random.nextInt(5));
      float d = bf16(random, kind);
      int x = Bf16.pair(a, c);
      int y = Bf16.pair(b, d);
      float expected = step(a, b, step(c, d, acc));
      float actual = Bf16Dot.add(acc, x, y);
      assertEquals(expected, actual, () -> "%s + %s %s, then + %s %s".formatted(acc, c, d, a, b));
    }
  }

  /** x y + z of numbers, with denormals as zeros, rounded to 24 bits before it is judged tiny. */
  private static float step(float x, float y, float z) {
    float a = flushed(x);
    float b = flushed(y);
    float c = flushed(z);
    if (!Float.isFinite(a) || !Float.isFinite(b)) {
      return a * b + c;
    }
    if (!Float.isFinite(c)) {
      return c;
    }
    BigDecimal exact = new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c));
    if (exact.signum() == 0) {
      return (float) ((double) a * b) + c;
    }
    BigDecimal rounded = rounded(exact);
    if (rounded.abs().compareTo(LEAST_NORMAL) < 0) {
      return rounded.signum() < 0 ? -0f : 0f;
    }
    return rounded.floatValue();
  }

  private static float flushed(float x) {
    return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
  }

  /** The nearest number of 24 bits, ties to even, of any exponent. */
  private static BigDecimal rounded(BigDecimal x) {
    BigDecimal magnitude = x.abs();
    // The sum of a product and a float is far above the least double; its double may be rounded up.
    int exponent = Math.getExponent(magnitude.doubleValue());
    if (magnitude.compareTo(power(exponent)) < 0) {
      exponent--;
    }
    BigDecimal unit = power(exponent - 23);
    BigDecimal[] parts = magnitude.divideAndRemainder(unit);
    BigInteger whole = parts[0].toBigInteger();
    int half = parts[1].add(parts[1]).compareTo(unit);
    if (half > 0 || half == 0 && whole.testBit(0)) {
      whole = whole.add(BigInteger.ONE);
    }
    BigDecimal result = new BigDecimal(whole).multiply(unit);
    return x.signum() < 0 ? result.negate() : result;
  }

  private static BigDecimal power(int exponent) {
    BigDecimal two = BigDecimal.valueOf(2);
    return exponent >= 0 ? two.pow(exponent) : BigDecimal.ONE.divide(two.pow(-exponent));
  }

  /** The odd term comes first: the other order would round to another sum. */
  @Test
  void theOddTermIsAddedFirst() {
    int ones = Bf16.pair(1, 1);
    assertEquals(0x1p-30f, Bf16Dot.add(-1, Bf16.pair(0x1p-30f, 1), ones));
    assertEquals(0, Bf16Dot.add(-1, Bf16.pair(1, 0x1p-30f), ones));
  }

  /**
   * Just below the least normal number, Math.fma rounds to 23 bits and reaches it; rounded to 24,
   * the sum is tiny.
   */
  @Test
  void aSumIsTinyIfItsRoundingTo24BitsIs() {
    float least = Float.MIN_NORMAL;
    int x = Bf16.pair(0, 0x1.02p-75f);
    int y = Bf16.pair(0, -0x1p-76f);
    assertEquals(least, Math.fma(0x1.02p-75f, -0x1p-76f, least));
    assertEquals(0, Bf16Dot.add(least, x, y));
  }

  @Test
  void roundingIsToNearestEvenAndFlushes() {
    assertEquals((short) 0x3f80, Bf16.round(1 + 0x1p-8f));
    assertEquals((short) 0x3f82, Bf16.round(1 + 3 * 0x1p-8f));
    assertEquals((short) 0x3f81, Bf16.round(1 + 0x1p-8f + 0x1p-20f));
    assertEquals((short) 0x8000, Bf16.round(-Float.MIN_NORMAL + Float.MIN_VALUE));
    assertEquals((short) 0x7f80, Bf16.round(Float.MAX_VALUE));
    assertEquals((short) 0x7fc0, Bf16.round(Float.NaN));
  }
}

package io.github.maskalign.tensor.random;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Seeds are fixed, so these either always pass or always fail; bounds are 4 standard errors. */
class PhiloxStatisticsTest {

  private static final int DRAWS = 200_000;
  private static final double SIGMAS = 4;
  private static final Philox RANDOM = Philox.of(2211_08887).stream("statistics");

  @Test
  void uniformHasItsMomentsAndFillsItsRangeEvenly() {
    assertMoments(RANDOM::uniform, 0.5, 1 / 12.0, 1 / 80.0);
    assertMoments(RANDOM::uniformOpen, 0.5, 1 / 12.0, 1 / 80.0);
    assertMoments(RANDOM::uniformDouble, 0.5, 1 / 12.0, 1 / 80.0);
    assertEven(i -> RANDOM.uniform(i) * 256, 256);
    assertEven(i -> RANDOM.uniformDouble(i) * 256, 256);
    // The lowest of the 53 bits.
    assertEven(i -> RANDOM.uniformDouble(i) * 0x1p53 % 2, 2);
  }

  @Test
  void normalHasItsMomentsAndQuantiles() {
    assertMoments(RANDOM::normal, 0, 1, 3);
    double[] deciles = {
      -1.2815515655,
      -0.8416212336,
      -0.5244005127,
      -0.2533471031,
      0,
      0.2533471031,
      0.5244005127,
      0.8416212336,
      1.2815515655
    };
    assertEven(
        i -> {
          int found = Arrays.binarySearch(deciles, RANDOM.normal(i));
          return found < 0 ? -found - 1 : found;
        },
        10);
  }

  @Test
  void normalsOfOnePairAreUncorrelated() {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < DRAWS; i += 2) {
      double product = RANDOM.normal(i) * RANDOM.normal(i + 1);
      sum += product;
      squares += (product * product - 1) * RANDOM.normal(i);
    }
    int pairs = DRAWS / 2;
    assertTrue(Math.abs(sum / pairs) < SIGMAS / Math.sqrt(pairs));
    assertTrue(Math.abs(squares / pairs) < SIGMAS * Math.sqrt(36.0 / pairs));
  }

  @Test
  void exponentialHasItsMomentsAndQuantiles() {
    assertMoments(RANDOM::exponential, 1, 1, 9);
    assertEven(i -> (1 - Math.exp(-RANDOM.exponential(i))) * 64, 64);
  }

  @Test
  void boundedDrawsAreEven() {
    assertEven(i -> RANDOM.below(i, 7), 7);
    assertEven(i -> RANDOM.below(i, 3 << 29) / (double) (3 << 29) * 96, 96);
  }

  /** A bound of 3/8 of 2^32, where plain multiplication would favor every third value by half. */
  @Test
  void swapsOfPermutationsAreUnbiased() {
    BoundedInts source = new BoundedInts(RANDOM);
    assertEven(i -> source.below(3 << 29) % 3, 3);
    BoundedInts small = new BoundedInts(RANDOM);
    assertEven(i -> small.below(7), 7);
  }

  @Test
  void neighboringStreamsAreIndependent() {
    assertEven(i -> RANDOM.at(i).uniform(0) * 64, 64);
    assertMoments(
        i -> (RANDOM.at(i).uniform(0) - 0.5) * (RANDOM.at(i + 1).uniform(0) - 0.5),
        0,
        1 / 144.0,
        1 / 6400.0);
  }

  @Test
  void everyPermutationIsAsLikely() {
    assertEven(i -> rank(RANDOM.at(i).permutation(4)), 24);
  }

  /** The place of a permutation of 4 in some fixed order of all 24. */
  private static int rank(int[] order) {
    int rank = 0;
    for (int i = 0; i < order.length; i++) {
      int smaller = 0;
      for (int j = i + 1; j < order.length; j++) {
        smaller += order[j] < order[i] ? 1 : 0;
      }
      rank = rank * (order.length - i) + smaller;
    }
    return rank;
  }

  /** Mean and variance of the draws 0, 1, ...; the fourth central moment bounds the variance. */
  private static void assertMoments(
      IntToDoubleFunction draw, double mean, double variance, double fourth) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < DRAWS; i++) {
      double deviation = draw.applyAsDouble(i) - mean;
      sum += deviation;
      squares += deviation * deviation;
    }
    double meanError = sum / DRAWS;
    double varianceError = squares / DRAWS - variance;
    assertTrue(
        Math.abs(meanError) < SIGMAS * Math.sqrt(variance / DRAWS), () -> "mean off " + meanError);
    assertTrue(
        Math.abs(varianceError) < SIGMAS * Math.sqrt((fourth - variance * variance) / DRAWS),
        () -> "variance off " + varianceError);
  }

  /** Pearson's chi-square over equally likely bins, on both sides: too even is wrong as well. */
  private static void assertEven(IntToDoubleFunction bin, int bins) {
    long[] counts = new long[bins];
    for (int i = 0; i < DRAWS; i++) {
      counts[(int) bin.applyAsDouble(i)]++;
    }
    double expected = (double) DRAWS / bins;
    double chiSquare = 0;
    for (long count : counts) {
      chiSquare += (count - expected) * (count - expected) / expected;
    }
    int freedom = bins - 1;
    // Wilson and Hilferty: the cube root of chi-square over its mean is nearly normal.
    double spread = 2.0 / (9 * freedom);
    double sigmas = (Math.cbrt(chiSquare / freedom) - (1 - spread)) / Math.sqrt(spread);
    assertTrue(Math.abs(sigmas) < SIGMAS, () -> "chi-square is " + sigmas + " sigmas off");
  }
}

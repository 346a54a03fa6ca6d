package io.github.maskalign;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.config.MaskKind;
import io.github.maskalign.config.MaskStrategy;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MaskingTest {

  private static final float[] RISING = {0.05f, 0.1f, 0.15f, 0.3f, 0.4f};

  private static Masking attentive(long seed) {
    return new Masking(MaskKind.ATTENTIVE, seed);
  }

  @Property(tries = 200)
  void keepsEachPatchOnceAtMost(
      @ForAll MaskKind strategy,
      @ForAll @IntRange(min = 1, max = 40) int patches,
      @ForAll @IntRange(min = 1, max = 40) int wanted,
      @ForAll long seed) {
    int kept = Math.min(wanted, patches);
    float[] importance = new float[patches];
    Arrays.fill(importance, 0.5f);
    int[] ids = new Masking(strategy, seed).draw(importance, patches, kept, 3, new long[] {9});
    assertEquals(kept, ids.length);
    assertEquals(kept, Arrays.stream(ids).distinct().count());
    assertTrue(Arrays.stream(ids).allMatch(id -> id >= 0 && id < patches));
  }

  @Test
  void aMaskDependsOnSeedStepAndSampleAlone() {
    float[] importance = {0.1f, 0.2f, 0.3f, 0.4f, 0.4f, 0.3f, 0.2f, 0.1f};
    float[] swapped = {0.4f, 0.3f, 0.2f, 0.1f, 0.1f, 0.2f, 0.3f, 0.4f};
    int[] together = attentive(1).draw(importance, 4, 2, 5, new long[] {70, 30});
    int[] reversed = attentive(1).draw(swapped, 4, 2, 5, new long[] {30, 70});
    assertArrayEquals(Arrays.copyOf(together, 2), Arrays.copyOfRange(reversed, 2, 4));
    assertArrayEquals(Arrays.copyOfRange(together, 2, 4), Arrays.copyOf(reversed, 2));
    int[] alone = attentive(1).draw(Arrays.copyOf(importance, 4), 4, 2, 5, new long[] {70});
    assertArrayEquals(Arrays.copyOf(together, 2), alone);
  }

  @Test
  void seedsStepsAndSamplesDrawAnew() {
    long[] sample = {4};
    int[] one = new Masking(MaskKind.RANDOM, 1).draw(new float[0], 50, 50, 1, sample);
    int[] otherSeed = new Masking(MaskKind.RANDOM, 2).draw(new float[0], 50, 50, 1, sample);
    int[] otherStep = new Masking(MaskKind.RANDOM, 1).draw(new float[0], 50, 50, 2, sample);
    int[] otherSample =
        new Masking(MaskKind.RANDOM, 1).draw(new float[0], 50, 50, 1, new long[] {5});
    assertFalse(Arrays.equals(one, otherSeed));
    assertFalse(Arrays.equals(one, otherStep));
    assertFalse(Arrays.equals(one, otherSample));
  }

  /** Draws for many samples, each of the same importance: how often each patch comes at a place. */
  private static double[] frequencies(Masking masking, float[] importance, int kept, int draws) {
    float[] rows = new float[draws * importance.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = importance[i % importance.length];
    }
    long[] samples = LongStream.range(0, draws).toArray();
    double[] counts = new double[importance.length];
    for (int id : masking.draw(rows, importance.length, kept, 0, samples)) {
      counts[id] += 1.0 / draws;
    }
    return counts;
  }

  @Test
  void theFirstPatchIsDrawnInProportionToItsImportance() {
    int draws = 20_000;
    double[] found = frequencies(attentive(3), RISING, 1, draws);
    for (int i = 0; i < RISING.length; i++) {
      double deviation = Math.sqrt(RISING[i] * (1 - RISING[i]) / draws);
      assertEquals(RISING[i], found[i], 5 * deviation, "patch " + i);
    }
  }

  @Test
  void theSecondPatchIsDrawnFromTheRest() {
    int draws = 20_000;
    double[] found = frequencies(attentive(4), RISING, 2, draws);
    for (int i = 0; i < RISING.length; i++) {
      double expected = RISING[i];
      for (int first = 0; first < RISING.length; first++) {
        expected += first == i ? 0 : RISING[first] * RISING[i] / (1 - RISING[first]);
      }
      double deviation = Math.sqrt(expected * (1 - expected) / draws);
      assertEquals(expected, found[i], 5 * deviation, "patch " + i);
    }
  }

  @Test
  void randomMasksShowEachPatchEquallyOften() {
    int draws = 20_000;
    double[] found = frequencies(new Masking(MaskKind.RANDOM, 5), RISING, 2, draws);
    for (double frequency : found) {
      assertEquals(0.4, frequency, 5 * Math.sqrt(0.4 * 0.6 / draws));
    }
  }

  @Test
  void equalImportanceDrawsWhatTheRandomStrategyDraws() {
    float[] equal = new float[16];
    Arrays.fill(equal, 1);
    assertArrayEquals(
        new Masking(MaskKind.RANDOM, 6).draw(equal, 16, 16, 1, new long[] {2}),
        attentive(6).draw(equal, 16, 16, 1, new long[] {2}));
  }

  @Test
  void patchesWithoutImportanceComeLast() {
    float[] importance = {0, 0.1f, 0, 1e-30f, 0.5f};
    for (long sample = 0; sample < 200; sample++) {
      int[] order = attentive(7).draw(importance, 5, 5, 0, new long[] {sample});
      int[] last = Arrays.copyOfRange(order, 3, 5);
      Arrays.sort(last);
      assertArrayEquals(new int[] {0, 2}, last);
    }
  }

  @Test
  void theRaceIsWonByImportanceOverTime() {
    float[] importance = {1, 4, 0, 2};
    float[] clocks = {0.5f, 1, 0.1f, 2};
    assertArrayEquals(new int[] {1, 0, 3, 2}, MaskKind.race(importance, clocks));
  }

  @Test
  void equalNoiseKeepsTheOrder() {
    float[] noise = {0.5f, -1, 0.5f, 0, -0f, 0.5f};
    assertArrayEquals(new int[] {1, 4, 3, 0, 2, 5}, MaskKind.ascending(noise));
  }

  @Test
  void uselessImportanceIsRefusedAndTheSampleNamed() {
    float[] importance = {0.1f, 0.2f, 0, 0};
    var zero =
        assertThrows(
            ArgumentException.class,
            () -> attentive(1).draw(importance, 2, 1, 0, new long[] {11, 17}));
    assertTrue(zero.getMessage().contains("sample 17"), zero.getMessage());
    for (float bad : new float[] {Float.NaN, -1, Float.POSITIVE_INFINITY}) {
      var error =
          assertThrows(
              ArgumentException.class,
              () -> attentive(1).draw(new float[] {1, bad}, 2, 1, 0, new long[] {23}));
      assertTrue(error.getMessage().contains("patch 1 of sample 23"), error.getMessage());
    }
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    Masking masking = attentive(1);
    float[] importance = {1, 1, 1};
    long[] sample = {0};
    assertThrows(ShapeException.class, () -> masking.draw(importance, 3, 0, 0, sample));
    assertThrows(ShapeException.class, () -> masking.draw(importance, 3, 4, 0, sample));
    assertThrows(ShapeException.class, () -> masking.draw(importance, 2, 1, 0, sample));
  }

  @Test
  void customStrategyDrawsEachImageFromItsOwnStream() {
    MaskStrategy first =
        (importance, patches, visible, random) ->
            new int[] {(int) importance[0], random.below(0, patches - 2) + 2};
    int[] ids =
        new Masking(first, 7)
            .draw(new float[] {0, 1, 1, 1, 0, 1, 1, 1}, 4, 2, 3, new long[] {5, 6});
    int[] alone = new Masking(first, 7).draw(new float[] {1, 0, 1, 1}, 4, 2, 3, new long[] {6});
    assertEquals(0, ids[0]);
    assertEquals(alone[1], ids[3]);
    assertEquals(1, alone[0]);
  }

  @Test
  void customStrategyMustReturnDifferentPatches() {
    long[] sample = {0};
    float[] equal = {1, 1, 1};
    for (int[] wrong : new int[][] {{0}, {0, 0}, {0, 3}, {-1, 0}, {0, 1, 2}}) {
      Masking masking = new Masking((_, _, _, _) -> wrong, 1);
      String message =
          assertThrows(ArgumentException.class, () -> masking.draw(equal, 3, 2, 1, sample))
              .getMessage();
      assertTrue(message.contains("2 different patch numbers from 0 to 2"), message);
    }
  }
}

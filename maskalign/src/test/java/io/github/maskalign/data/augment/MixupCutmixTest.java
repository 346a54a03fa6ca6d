package io.github.maskalign.data.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.Range;
import io.github.maskalign.data.augment.BatchMix.Blend;
import io.github.maskalign.data.augment.MixupCutmix.Mode;
import io.github.maskalign.data.augment.MixupCutmix.Options;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties beyond the reference data data/mix_*: the draws. */
class MixupCutmixTest {

  private static BatchMix draw(Options options, int size, long seed) {
    return new MixupCutmix(options, 3, 0.1, 0).draw(size, 12, 16, Philox.of(seed));
  }

  @Property(tries = 300)
  void targetsStayDistributionsAndBoxesInside(
      @ForAll @IntRange(min = 1, max = 4) int pairs,
      @ForAll Mode mode,
      @ForAll boolean minmax,
      @ForAll long seed) {
    Options options = new Options(0.8, 1, minmax ? new Range(0.2, 0.8) : null, 0.9, 0.5, mode);
    BatchMix mixing = draw(options, 2 * pairs, seed);
    float[] targets = Classification.targets(new int[2 * pairs], 3, 0.1);
    mixing.applyToTargets(targets, 3);

    for (int i = 0; i < 2 * pairs; i++) {
      Blend blend = mixing.blends().get(i);
      assertTrue(blend.share() >= 0 && blend.share() <= 1, blend.toString());
      assertEquals(1, targets[3 * i] + targets[3 * i + 1] + targets[3 * i + 2], 1e-6);
      CropBox box = blend.box();
      if (box != null) {
        assertTrue(box.top() >= 0 && box.top() + box.height() <= 12, box.toString());
        assertTrue(box.left() >= 0 && box.left() + box.width() <= 16, box.toString());
        assertEquals(1 - box.height() * box.width() / 192.0, blend.share(), 1e-12);
      }
      if (mode == Mode.BATCH) {
        assertEquals(mixing.blends().getFirst(), blend);
      } else if (mode == Mode.PAIR) {
        assertEquals(mixing.blends().get(2 * pairs - 1 - i), blend);
      }
    }
  }

  @Test
  void elementsAreDrawnApart() {
    Options options = new Options(0.8, 1, null, 1, 0.5, Mode.ELEM);
    assertEquals(8, new HashSet<>(draw(options, 8, 1).blends()).size());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.8, 1, 3})
  void sharesFollowTheBetaDistribution(double alpha) {
    int n = 20_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double share = BetaSampler.symmetric(alpha, Philox.of(7).at(i));
      sum += share;
      squares += (share - 0.5) * (share - 0.5);
    }
    double variance = 1 / (4 * (2 * alpha + 1));
    assertEquals(0.5, sum / n, 5 * Math.sqrt(variance / n));
    // The fourth moment about the mean is at most a quarter of the variance.
    assertEquals(variance, squares / n, 5 * Math.sqrt(variance / 4 / n));
  }

  @Test
  void probabilitiesAreKept() {
    Options options = new Options(0.8, 1, null, 0.6, 0.25, Mode.BATCH);
    int none = 0;
    int cut = 0;
    for (int i = 0; i < 4000; i++) {
      Blend blend = draw(options, 2, i).blends().getFirst();
      none += blend.equals(Blend.NONE) ? 1 : 0;
      cut += blend.box() != null ? 1 : 0;
    }
    assertEquals(1600, none, 5 * Math.sqrt(4000 * 0.4 * 0.6));
    assertEquals(600, cut, 5 * Math.sqrt(4000 * 0.15 * 0.85));
  }

  @Test
  void boxesAreTheReferences() {
    // data/mix_1 and data/mix_2: sides 7 and 11, half of which, rounded down, is on each side.
    assertEquals(new CropBox(0, 1, 6, 6), MixupCutmix.around(0.65, 12, 12, 3, 4));
    assertEquals(new CropBox(0, 1, 10, 10), MixupCutmix.around(0.1, 12, 12, 5, 6));
    assertEquals(new CropBox(9, 0, 3, 3), MixupCutmix.around(0.65, 12, 12, 12, 0));
  }

  @Test
  void aBatchIsMixedAsItsTargetsAre() {
    float[] pixels = new float[4 * 12 * 16];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i / 192;
    }
    MixupCutmix mixer = new MixupCutmix(new Options(0.8, 0, null, 1, 0, Mode.ELEM), 4, 0, 9);
    int[] samples = {0, 1, 2, 3};
    Batch batch = new Batch(5, 0, pixels, samples, samples, 1, 12, 16);

    float[] targets = mixer.of(batch);

    for (int i = 0; i < 4; i++) {
      float mean = 0;
      for (int k = 0; k < 4; k++) {
        mean += k * targets[4 * i + k];
      }
      assertEquals(mean, pixels[192 * i], 1e-5);
      assertEquals(mean, pixels[192 * i + 191], 1e-5);
    }
  }

  @Test
  void refusesWhatCannotBeMixed() {
    assertThrows(ShapeException.class, () -> draw(Options.official(), 3, 0));
    BatchMix mixing = draw(Options.official(), 2, 0);
    assertThrows(ShapeException.class, () -> mixing.apply(new float[5], 1, 1, 2));
    assertThrows(ArgumentException.class, () -> new Options(-1, 0, null, 1, 0.5, Mode.BATCH));
    assertThrows(ArgumentException.class, () -> new Options(1, 1, null, 1.5, 0.5, Mode.BATCH));
    assertThrows(
        ArgumentException.class, () -> new Options(1, 1, new Range(0.5, 2), 1, 0.5, Mode.BATCH));
    float[] pixels = {1, 2};
    new BatchMix(List.of(Blend.NONE, Blend.NONE)).apply(pixels, 1, 1, 1);
    assertArrayEquals(new float[] {1, 2}, pixels);
  }
}

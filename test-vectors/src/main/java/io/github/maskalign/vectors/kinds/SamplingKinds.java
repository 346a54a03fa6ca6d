package io.github.maskalign.vectors.kinds;

import io.github.maskalign.Masking;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.Arrays;

/** Frequencies of random draws. */
final class SamplingKinds {

  private static final int OWN_DRAWS = 100_000;
  private static final int BATCH = 1000;
  private static final double FLOOR = 1e-4;

  private SamplingKinds() {}

  /**
   * Attentive masks: how often each patch is drawn first, how often it is visible, and how often
   * each pair is. A frequency f may differ by {@code sigmas * sqrt(f (1 - f) (1 / draws + 1 / own))
   * + 1e-4}.
   */
  static void attentiveMasks(VectorCase given) {
    float[] importance = given.floats("in.importance");
    int patches = given.integer("L");
    int kept = given.integer("keep");
    double[] first = new double[patches];
    double[] pairs = new double[patches * patches];
    for (int[] mask : masks(importance, patches, kept)) {
      first[mask[0]] += 1.0 / OWN_DRAWS;
      for (int a : mask) {
        for (int b : mask) {
          pairs[a * patches + b] += 1.0 / OWN_DRAWS;
        }
      }
    }
    double[] inclusion = new double[patches];
    Arrays.setAll(inclusion, i -> pairs[i * patches + i]);
    frequencies(given, "out.first_draw", first);
    frequencies(given, "out.first_draw_exact", first);
    frequencies(given, "out.inclusion", inclusion);
    frequencies(given, "out.pair_inclusion", pairs);
  }

  private static int[][] masks(float[] importance, int patches, int kept) {
    float[] batch = new float[BATCH * patches];
    for (int row = 0; row < BATCH; row++) {
      System.arraycopy(importance, 0, batch, row * patches, patches);
    }
    Masking masking = new Masking(MaskKind.ATTENTIVE, 1);
    int[][] masks = new int[OWN_DRAWS][];
    long[] samples = new long[BATCH];
    for (int start = 0; start < OWN_DRAWS; start += BATCH) {
      long from = start;
      Arrays.setAll(samples, i -> from + i);
      int[] ids = masking.draw(batch, patches, kept, 0, samples);
      for (int row = 0; row < BATCH; row++) {
        masks[start + row] = Arrays.copyOfRange(ids, row * kept, (row + 1) * kept);
      }
    }
    return masks;
  }

  private static void frequencies(VectorCase given, String name, double[] got) {
    if (!given.checks().expects(name)) {
      return;
    }
    double sigmas = given.real("sigmas");
    double variance = 1 / given.real("draws") + 1.0 / OWN_DRAWS;
    given.checks().values(name, got, f -> sigmas * Math.sqrt(f * (1 - f) * variance) + FLOOR);
  }
}

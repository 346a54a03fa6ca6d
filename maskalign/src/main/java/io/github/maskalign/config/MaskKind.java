package io.github.maskalign.config;

import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.List;

/**
 * The published masking strategies (arXiv 2211.08887, section 3).
 *
 * @since 0.1.0
 */
public enum MaskKind implements MaskStrategy, Choice {
  /** Each set of patches is as likely as any other. */
  RANDOM("every patch is as likely to be seen as any other", "random"),
  /**
   * Draws without replacement, with probabilities proportional to the importance, by a race of
   * exponential clocks: the order of {@code importance_i / E_i} from high to low, E_i exponential
   * and independent, is such a draw (Plackett and Luce's model; Efraimidis and Spirakis, 2006).
   */
  ATTENTIVE(
      "patches that the teacher's class token attends to are more likely to be seen",
      "attentive",
      "attention");

  private final List<String> words;
  private final String description;

  MaskKind(String description, String... words) {
    this.words = List.of(words);
    this.description = description;
  }

  /** The strategy that a word names. */
  public static MaskKind parse(String word) {
    return Choice.parse("mask", MaskKind.class, word);
  }

  @Override
  public int[] draw(float[] importance, int patches, int visible, Philox random) {
    float[] clocks = new float[patches];
    random.fillExponential(clocks, 0);
    int[] order =
        switch (this) {
          case RANDOM -> ascending(clocks);
          case ATTENTIVE -> race(importance, clocks);
        };
    return Arrays.copyOf(order, visible);
  }

  @Override
  public boolean usesImportance() {
    return this == ATTENTIVE;
  }

  /**
   * The order in which patches win the race: indices by {@code importance / clocks} descending.
   * Those without importance come last, by their clocks; equal ones by index.
   *
   * @param importance [patches], not negative
   * @param clocks [patches], positive
   */
  public static int[] race(float[] importance, float[] clocks) {
    float[] times = new float[clocks.length];
    for (int i = 0; i < times.length; i++) {
      // A patch without importance never finishes: it comes last, ranked by its clock.
      times[i] = importance[i] > 0 ? -importance[i] / clocks[i] : clocks[i];
    }
    return ascending(times);
  }

  /** Indices by noise ascending, equal ones by index: the random strategy for given noise. */
  public static int[] ascending(float[] noise) {
    long[] keys = new long[noise.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = ((long) sortable(noise[i]) << Integer.SIZE) | i;
    }
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    Arrays.setAll(order, i -> (int) keys[i]);
    return order;
  }

  /** An integer that compares as the float does. */
  private static int sortable(float value) {
    int bits = Float.floatToIntBits(value);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  @Override
  public List<String> words() {
    return words;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public String toString() {
    return word();
  }
}

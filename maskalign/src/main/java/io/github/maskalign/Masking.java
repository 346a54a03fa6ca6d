package io.github.maskalign;

import io.github.maskalign.config.MaskStrategy;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;

/**
 * Which patches the student sees: the first few of a draw of all patches without replacement, with
 * probabilities proportional to their importance. Drawn as a race of exponential clocks: the order
 * of {@code importance_i / E_i} from high to low, E_i exponential and independent, is such a draw
 * (Plackett and Luce's model; Efraimidis and Spirakis, 2006).
 *
 * <p>The clocks of a sample depend on seed, step and the sample's own number only, so a mask does
 * not depend on the rest of the batch, on the number of threads, or on where training was resumed.
 *
 * @since 0.1.0
 */
public final class Masking {

  private final MaskStrategy strategy;
  private final Philox random;

  /** Masks of a strategy; equal seeds draw equal masks. */
  public Masking(MaskStrategy strategy, long seed) {
    this.strategy = strategy;
    this.random = Philox.of(seed).stream("mask");
  }

  /**
   * Draws masks for a batch.
   *
   * @param importance [B, patches], none negative; looked at by the attentive strategy only
   * @param patches number of patches of a sample
   * @param kept how many of them each sample shows
   * @param step number of the training step
   * @param samples the sample number of each row of the batch
   * @return patch numbers [B, kept] in the order drawn
   * @throws IllegalArgumentException if a row of the importance is all zero, negative, or not
   *     finite; the message names the sample
   */
  public int[] draw(float[] importance, int patches, int kept, long step, long[] samples) {
    requireKept(patches, kept);
    if (strategy == MaskStrategy.ATTENTIVE && importance.length != samples.length * patches) {
      throw new ShapeException(
          "mask: importance has "
              + importance.length
              + " values for "
              + samples.length
              + " samples of "
              + patches
              + " patches");
    }
    int[] ids = new int[samples.length * kept];
    float[] clocks = new float[patches];
    for (int row = 0; row < samples.length; row++) {
      random.at(step, samples[row]).fillExponential(clocks, 0);
      int[] order =
          switch (strategy) {
            case RANDOM -> ascending(clocks);
            case ATTENTIVE -> {
              float[] weights = Arrays.copyOfRange(importance, row * patches, (row + 1) * patches);
              requireWeights(weights, samples[row]);
              yield race(weights, clocks);
            }
          };
      System.arraycopy(order, 0, ids, row * kept, kept);
    }
    return ids;
  }

  /**
   * The winners of a race from first to last: indices by {@code importance / clocks} descending.
   * Those without importance come last, by their clocks; equal ones by index.
   *
   * @param importance [patches], not negative
   * @param clocks [patches], positive
   */
  public static int[] race(float[] importance, float[] clocks) {
    float[] times = new float[clocks.length];
    for (int i = 0; i < times.length; i++) {
      // A patch without importance never finishes; below zero, its clock alone ranks it.
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

  private static void requireKept(int patches, int kept) {
    if (kept < 1 || kept > patches) {
      throw new ShapeException("mask: cannot keep " + kept + " of " + patches + " patches");
    }
  }

  private static void requireWeights(float[] weights, long sample) {
    float highest = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0) || weights[i] == Float.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "mask: the teacher gives patch "
                + i
                + " of sample "
                + sample
                + " the importance "
                + weights[i]
                + "; it must be finite and not negative");
      }
      highest = Math.max(highest, weights[i]);
    }
    if (highest == 0) {
      throw new IllegalArgumentException(
          "mask: the teacher gives every patch of sample "
              + sample
              + " the importance 0, so none can be preferred; use mask random");
    }
  }
}

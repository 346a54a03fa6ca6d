package io.github.maskalign;

import io.github.maskalign.config.MaskStrategy;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;

/**
 * Draws the patches that the student sees, for a batch of images, by a {@link MaskStrategy}.
 *
 * <p>The random numbers of an image depend on the seed, the step and the image's own sample number
 * only, so a mask does not depend on the rest of the batch, on the number of threads, or on where
 * training was resumed.
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
   * @param importance [B, patches], none negative; ignored by a strategy that uses none
   * @param patches number of patches of an image
   * @param visible how many of them the student sees
   * @param step number of the training step
   * @param samples the sample number of each row of the batch
   * @return patch numbers [B, visible] in the order drawn
   * @throws ArgumentException if a row of the importance is all zero, negative, or not finite; the
   *     message names the sample
   * @throws ArgumentException if the strategy returns other than {@code visible} different patch
   *     numbers
   */
  public int[] draw(float[] importance, int patches, int visible, long step, long[] samples) {
    requireVisible(patches, visible);
    boolean weighted = strategy.usesImportance();
    if (weighted && importance.length != samples.length * patches) {
      throw new ShapeException(
          "mask: importance has "
              + importance.length
              + " values for "
              + samples.length
              + " samples of "
              + patches
              + " patches");
    }
    int[] ids = new int[samples.length * visible];
    float[] weights = new float[0];
    for (int row = 0; row < samples.length; row++) {
      if (weighted) {
        weights = Arrays.copyOfRange(importance, row * patches, (row + 1) * patches);
        requireWeights(weights, samples[row]);
      }
      int[] drawn = strategy.draw(weights, patches, visible, random.at(step, samples[row]));
      requireDistinct(drawn, patches, visible);
      System.arraycopy(drawn, 0, ids, row * visible, visible);
    }
    return ids;
  }

  private static void requireVisible(int patches, int visible) {
    if (visible < 1 || visible > patches) {
      throw new ShapeException("mask: cannot keep " + visible + " of " + patches + " patches");
    }
  }

  private static void requireWeights(float[] weights, long sample) {
    float highest = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0) || weights[i] == Float.POSITIVE_INFINITY) {
        throw new ArgumentException(
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
      throw new ArgumentException(
          "mask: the teacher gives every patch of sample "
              + sample
              + " the importance 0, so none can be preferred; use mask random");
    }
  }

  private void requireDistinct(int[] drawn, int patches, int visible) {
    boolean[] seen = new boolean[patches];
    boolean valid = drawn.length == visible;
    for (int patch : drawn) {
      valid &= patch >= 0 && patch < patches && !seen[patch];
      if (valid) {
        seen[patch] = true;
      }
    }
    if (!valid) {
      throw new ArgumentException(
          "mask: %s must return %d different patch numbers from 0 to %d, but returned %s"
              .formatted(strategy, visible, patches - 1, Arrays.toString(drawn)));
    }
  }
}

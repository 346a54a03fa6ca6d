package io.github.maskalign.config;

import io.github.maskalign.tensor.random.Philox;

/**
 * Chooses the patches that the student sees, one image at a time. {@link MaskKind} has the
 * published strategies; any other can be passed to {@link AlignmentConfig#withMask}.
 *
 * <p>A strategy has no state: what it draws is a function of its arguments. Then masks do not
 * depend on the rest of the batch, on the number of threads, or on where training was resumed.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface MaskStrategy {

  /**
   * Draws the visible patches of an image.
   *
   * @param importance [patches], what the teacher computes for each patch: finite, none negative,
   *     not all zero; empty unless {@link #usesImportance}
   * @param patches number of patches of an image, N
   * @param visible how many of them the student sees, K
   * @param random a stream of random numbers for this step and this image only
   * @return K different patch numbers, from 0 to below N
   */
  int[] draw(float[] importance, int patches, int visible, Philox random);

  /** Whether the teacher has to compute the importance of patches. */
  default boolean usesImportance() {
    return true;
  }
}

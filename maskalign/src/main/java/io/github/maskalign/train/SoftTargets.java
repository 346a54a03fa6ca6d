package io.github.maskalign.train;

import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.data.Batch;

/**
 * Target distributions of a labeled batch: smoothed labels, or those that a mixing augmentation
 * such as {@link io.github.maskalign.data.augment.MixupCutmix} computes.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SoftTargets {

  /**
   * Target distributions {@code [B, classes]}, row-major: a function of the batch only. May write
   * to the batch's pixels, to mix pictures as their targets are mixed.
   */
  float[] of(Batch batch);

  /**
   * {@code smoothing / classes} everywhere and {@code 1 - smoothing} more at the label (Szegedy et
   * al., arXiv 1512.00567).
   */
  static SoftTargets smoothed(int classes, double smoothing) {
    return batch -> Classification.targets(FineTuning.labels(batch), classes, smoothing);
  }
}

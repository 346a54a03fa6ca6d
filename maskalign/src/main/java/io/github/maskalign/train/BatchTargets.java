package io.github.maskalign.train;

import io.github.maskalign.data.Batch;

/**
 * What a classifier is to answer to a batch; mixing augmentations are the reason for more.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface BatchTargets {

  /**
   * Target distributions {@code [B, classes]} of a labeled batch, row-major: a function of the
   * batch alone. May write to the batch's pixels, to mix pictures as their targets are mixed.
   */
  float[] of(Batch batch);

  /**
   * {@code smoothing / classes} everywhere and {@code 1 - smoothing} more at the label (Szegedy et
   * al., arXiv 1512.00567).
   */
  static BatchTargets smoothed(int classes, double smoothing) {
    return new SmoothedLabels(classes, smoothing);
  }
}

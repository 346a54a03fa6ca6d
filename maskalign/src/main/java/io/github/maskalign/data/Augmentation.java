package io.github.maskalign.data;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.random.Philox;

/**
 * Augmentation of training pictures. Crop {@code c} of a sample is a function of the seed, c and
 * the sample's number; epoch {@code e} shows crop {@code e mod crops} of every sample.
 *
 * @param transform applied to each picture
 * @param seed of its random draws
 * @param crops number of crops per sample; with {@link #UNLIMITED}, every epoch shows a new one
 * @since 0.1.0
 */
public record Augmentation(Transform transform, long seed, int crops) {

  /** More crops than any run has epochs. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** Checks the number. */
  public Augmentation {
    if (crops < 1) {
      throw new ArgumentException("crops: " + crops + " per image; must be at least 1");
    }
  }

  /** New crops in every epoch. */
  public static Augmentation unlimited(Transform transform, long seed) {
    return new Augmentation(transform, seed, UNLIMITED);
  }

  /** The crop that an epoch shows. */
  public int crop(int epoch) {
    return epoch % crops;
  }

  /** The draws of an epoch; those of a sample are its stream at the sample's number. */
  Philox draws(int epoch) {
    return Philox.of(seed).stream("augment").at(crop(epoch));
  }
}

package io.github.maskalign.align.eval;

import io.github.maskalign.align.data.Batch;
import io.github.maskalign.align.data.BatchLoader;
import io.github.maskalign.align.data.ImageSet;
import io.github.maskalign.align.data.Normalize;
import io.github.maskalign.align.data.Pictures;
import io.github.maskalign.align.data.Transform;
import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.vit.image.ChannelStats;

/**
 * One feature vector a sample, and its class. The arrays are not copied: do not write to them any
 * more.
 *
 * @param values {@code [N, D]}
 * @param width D
 * @param labels {@code [N]}, from 0 on
 */
public record Features(float[] values, int width, int[] labels) {

  private static final int BATCH = 256;

  /** Refuses arrays that do not fit, and values or labels that no classifier could use. */
  public Features {
    if (width < 1 || values.length != (long) labels.length * width) {
      throw new ShapeException(
          "features: %d values and %d labels for vectors of %d"
              .formatted(values.length, labels.length, width));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "features: sample %d has the value %s; has the training diverged?"
                .formatted(i / width, values[i]));
      }
    }
    for (int label : labels) {
      if (label < 0) {
        throw new IllegalArgumentException("features: label " + label + " is negative");
      }
    }
  }

  /**
   * The normalised pixels themselves, the yardstick that learned features are held against.
   *
   * @throws IllegalStateException if the set has no labels
   */
  public static Features pixels(ImageSet set, ChannelStats stats) {
    return pixels(set, new Normalize(set.height(), set.width(), stats));
  }

  /** The same of pictures of any size, as a transform that draws nothing shows them. */
  public static Features pixels(Pictures set, Transform plain) {
    int width = plain.channels() * plain.height() * plain.width();
    float[] values = new float[Math.multiplyExact(set.size(), width)];
    int filled = 0;
    try (BatchLoader loader = BatchLoader.onePass(set, plain, BATCH)) {
      while (loader.hasNext()) {
        Batch batch = loader.next();
        System.arraycopy(batch.pixels(), 0, values, filled, batch.pixels().length);
        filled += batch.pixels().length;
      }
    }
    return new Features(values, width, set.labels());
  }

  /** Number of samples, N. */
  public int count() {
    return labels.length;
  }
}

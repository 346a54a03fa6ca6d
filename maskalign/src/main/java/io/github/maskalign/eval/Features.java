package io.github.maskalign.eval;

import io.github.maskalign.data.Batch;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.data.WholeImage;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ArraySize;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.Function;

/**
 * Feature vectors and labels of samples. The arrays are not copied and must not be modified
 * afterwards.
 *
 * @param values {@code [N, D]}
 * @param width D
 * @param labels {@code [N]}, from 0
 * @since 0.1.0
 */
public record Features(float[] values, int width, int[] labels) {

  private static final int BATCH = 256;

  /** Checks sizes, values and labels. */
  public Features {
    if (width < 1 || values.length != (long) labels.length * width) {
      throw new ShapeException(
          "features: %d values and %d labels for vectors of %d"
              .formatted(values.length, labels.length, width));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new ArgumentException(
            "features: sample %d has the value %s; has the training diverged?"
                .formatted(i / width, values[i]));
      }
    }
    for (int label : labels) {
      if (label < 0) {
        throw new ArgumentException("features: label " + label + " is negative");
      }
    }
  }

  /**
   * The normalized pixels themselves, a baseline for learned features.
   *
   * @throws StateException if the set has no labels
   */
  public static Features pixels(MemoryDataset set, ChannelStats stats) {
    return pixels(set, new WholeImage(set.height(), set.width(), stats));
  }

  /** The same for pictures of any size, prepared by a transform without random draws. */
  public static Features pixels(Dataset set, Transform plain) {
    return pixels(set, plain, LoaderOptions.standard());
  }

  /** The same with other options of loading, such as the handling of damaged pictures. */
  public static Features pixels(Dataset set, Transform plain, LoaderOptions loading) {
    int width = plain.channels() * plain.height() * plain.width();
    try (DataLoader loader = DataLoader.onePass(set, plain, BATCH, loading)) {
      return collect(loader, width, set.size(), Batch::pixels);
    }
  }

  /**
   * The features of all batches, without skipped damaged pictures.
   *
   * @param max maximum number of samples
   * @param extractor computes {@code [B, width]} of a batch
   * @throws StateException if the pictures have no labels
   */
  static Features collect(
      Iterator<Batch> batches, int width, int max, Function<Batch, float[]> extractor) {
    String what =
        "%,d features each of %s, use fewer images".formatted(width, Quantity.of(max, "image"));
    float[] values = new float[ArraySize.of(what, max, width)];
    int[] labels = new int[max];
    int done = 0;
    while (batches.hasNext()) {
      Batch batch = batches.next();
      int[] known = batch.labels();
      if (known == null) {
        throw new StateException("features: this data set has no labels");
      }
      System.arraycopy(extractor.apply(batch), 0, values, done * width, batch.size() * width);
      System.arraycopy(known, 0, labels, done, batch.size());
      done += batch.size();
    }
    return new Features(Arrays.copyOf(values, done * width), width, Arrays.copyOf(labels, done));
  }

  /** Number of samples, N. */
  public int count() {
    return labels.length;
  }
}

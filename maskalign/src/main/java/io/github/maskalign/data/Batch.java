package io.github.maskalign.data;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A batch of images, ready for a model.
 *
 * @param number number of the batch, counted over all epochs
 * @param epoch epoch, counted from 0
 * @param pixels {@code [B, C, H, W]}, normalized; from a {@link DataLoader}, valid only until its
 *     next batch
 * @param samples {@code [B]}: sample numbers in the data set
 * @param labels {@code [B]}, or null if the set has none
 * @param channels C
 * @param height H
 * @param width W
 * @since 0.1.0
 */
public record Batch(
    long number,
    int epoch,
    float[] pixels,
    int[] samples,
    int @Nullable [] labels,
    int channels,
    int height,
    int width) {

  /** Number of pictures, B. */
  public int size() {
    return samples.length;
  }

  /** A copy with its own pixels, which remains valid. */
  public Batch copy() {
    return new Batch(number, epoch, pixels.clone(), samples, labels, channels, height, width);
  }

  /** The pictures as a tensor [B, C, H, W] of the scope of {@code ops}. */
  public Tensor images(Ops ops) {
    return ops.of(pixels, size(), channels, height, width);
  }
}

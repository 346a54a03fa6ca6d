package io.github.maskalign.data;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Images ready for a model.
 *
 * @param number which batch, counted through all epochs
 * @param epoch which epoch, counted from 0
 * @param pixels {@code [B, C, H, W]}, normalized; of a {@link DataLoader}, only until its next
 *     batch
 * @param samples {@code [B]}: which samples of the set these are
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

  /** The same with pixels of its own, to be kept. */
  public Batch copy() {
    return new Batch(number, epoch, pixels.clone(), samples, labels, channels, height, width);
  }

  /** The pictures as a tensor [B, C, H, W] of the scope of {@code ops}. */
  public Tensor images(Ops ops) {
    return ops.of(pixels, size(), channels, height, width);
  }
}

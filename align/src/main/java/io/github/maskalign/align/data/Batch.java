package io.github.maskalign.align.data;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Pictures ready for a model. The arrays belong to the receiver.
 *
 * @param number which batch, counted through all epochs
 * @param epoch which epoch, counted from 0
 * @param pixels {@code [B, C, H, W]}, normalised
 * @param samples {@code [B]}: which samples of the set these are
 * @param labels {@code [B]}, or null if the set has none
 * @param channels C
 * @param height H
 * @param width W
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

  /** The pictures as a tensor [B, C, H, W] of the scope of {@code ops}. */
  public Tensor images(Ops ops) {
    return ops.of(pixels, size(), channels, height, width);
  }
}

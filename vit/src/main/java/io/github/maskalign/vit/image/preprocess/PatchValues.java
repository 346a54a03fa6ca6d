package io.github.maskalign.vit.image.preprocess;

/**
 * The input of a network for any aspect ratio: the patches of an image and padding.
 *
 * @param values {@code [N, P * P * C]}, patches row by row, then zeros
 * @param mask {@code [N]}, 1 for patches and 0 for padding
 * @param rows of patches
 * @param columns of patches
 * @since 0.1.0
 */
public record PatchValues(float[] values, byte[] mask, int rows, int columns) {}

package io.github.maskalign.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Gradients of a layer norm.
 *
 * @param x gradient of the input
 * @param gamma gradient of the scale [D], or null without a scale
 * @param beta gradient of the shift [D], or null without a scale
 * @since 0.1.0
 */
public record LayerNormGrad(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta) {}

package io.github.maskalign.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Gradients of a layer norm.
 *
 * @param x for the input
 * @param gamma for the scale [D], null without one
 * @param beta for the shift [D], null without a scale
 * @since 0.1.0
 */
public record LayerNormGrad(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta) {}

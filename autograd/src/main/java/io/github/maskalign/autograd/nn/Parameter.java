package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Tensor;

/**
 * A named tensor of a model.
 *
 * @param name dotted name, as in a weight file
 * @param value values, which training updates in place
 * @param trainable whether training computes its gradient
 * @since 0.1.0
 */
public record Parameter(String name, Tensor value, boolean trainable) {}

package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Tensor;

/**
 * A named tensor of a model.
 *
 * @param name dotted path, as in a weight file
 * @param value the memory that training changes
 * @param trainable whether it gets gradients
 * @since 0.1.0
 */
public record Parameter(String name, Tensor value, boolean trainable) {}

package io.github.maskalign.autograd;

import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Where an optimizer finds the gradient of a parameter.
 *
 * @since 0.1.0
 */
public interface GradientSource {

  /** The gradient, contiguous and of the parameter's shape, or null if there is none. */
  @Nullable Tensor of(Tensor parameter);
}

package io.github.maskalign.autograd;

import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Supplies the gradients of parameters to an optimizer.
 *
 * @since 0.1.0
 */
public interface GradientSource {

  /** Returns the gradient, contiguous and of the parameter's shape, or null if there is none. */
  @Nullable Tensor of(Tensor parameter);
}

package io.github.maskalign.autograd;

import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gradients computed by a backward pass, valid until the tape is closed.
 *
 * @since 0.1.0
 */
public final class Gradients implements GradientSource {

  private final Scope scope;
  private final Map<Tensor, Tensor> byLeaf;

  Gradients(Scope scope, Map<Tensor, Tensor> byLeaf) {
    this.scope = scope;
    this.byLeaf = byLeaf;
  }

  /**
   * Returns the gradient of a watched tensor, contiguous and of its shape, or null if the loss does
   * not depend on it.
   */
  @Override
  public @Nullable Tensor of(Tensor leaf) {
    Tensor gradient = byLeaf.get(leaf);
    if (gradient != null && !gradient.layout().isContiguous()) {
      Tensor copy = scope.ops().within("gradient", ops -> ops.cast(gradient, gradient.dtype()));
      scope.release(gradient);
      byLeaf.put(leaf, copy);
      return copy;
    }
    return gradient;
  }
}

package io.github.maskalign.autograd.optim;

import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * The global 2-norm of gradients, and clipping by it.
 *
 * @since 0.1.0
 */
public final class GradientNorm {

  private static final double CLIP_EPS = 1e-6;

  private GradientNorm() {}

  /** {@code sqrt(sum of squares)} over all elements of all tensors. */
  public static double of(Scope scope, List<Tensor> tensors) {
    try (Scope inner = scope.child("norm")) {
      return Math.sqrt(scope.backend().sumOfSquares(inner.eager(), tensors));
    }
  }

  /** The norm of all available gradients. */
  public static double of(Scope scope, GradientSource gradients, Collection<Parameter> parameters) {
    return of(
        scope,
        parameters.stream().map(p -> gradients.of(p.value())).filter(Objects::nonNull).toList());
  }

  /** Returns the factor that clips a norm to {@code max}: {@code min(1, max / (norm + 1e-6))}. */
  public static double clipFactor(double norm, double max) {
    return Math.min(1, max / (norm + CLIP_EPS));
  }
}

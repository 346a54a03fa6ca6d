package io.github.maskalign.autograd.optim;

import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Accumulates the gradients of several backward passes, for batches larger than memory allows.
 *
 * @since 0.1.0
 */
public final class GradientAccumulator implements GradientSource {

  private final Scope scope;
  private final Collection<Parameter> parameters;
  private final Map<Tensor, Tensor> sums = new IdentityHashMap<>();

  /**
   * Creates an empty accumulator; {@code scope} owns its memory, which is allocated on first use.
   */
  public GradientAccumulator(Scope scope, Collection<Parameter> parameters) {
    this.scope = scope;
    this.parameters = parameters;
  }

  /** Adds {@code factor * gradient} for every parameter that has one. */
  public void add(GradientSource gradients, double factor) {
    Eager ops = scope.eager();
    for (Parameter parameter : parameters) {
      Tensor value = parameter.value();
      Tensor gradient = gradients.of(value);
      if (gradient != null) {
        Tensor sum = sums.computeIfAbsent(value, key -> ops.zeros(key.dtype(), key.shape()));
        scope.backend().accumulate(ops, sum, factor, gradient);
      }
    }
  }

  /** Frees all sums. */
  public void clear() {
    sums.values().forEach(scope::release);
    sums.clear();
  }

  @Override
  public @Nullable Tensor of(Tensor parameter) {
    return sums.get(parameter);
  }
}

package io.github.maskalign.autograd.optim;

import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.tensor.Tensor;
import java.util.Map;

/**
 * Updates parameters in place from their gradients. A parameter without a gradient is not changed,
 * nor decayed. The scope given at creation owns the memory of the state.
 *
 * @since 0.1.0
 */
public interface Optimizer {

  /**
   * Performs one update.
   *
   * @param gradients the gradients of the parameters
   * @param learningRate learning rate, to which the factors of the groups apply
   * @param gradientScale factor on every gradient, 1 unless gradients are clipped
   */
  void step(GradientSource gradients, double learningRate, double gradientScale);

  /** The moments by name, {@code kind.parameter}: the tensors that the optimizer updates. */
  Map<String, Tensor> state();

  /** The number of updates of each parameter by name. */
  Map<String, Long> steps();

  /** Restores the numbers of updates, 0 if absent; write to {@link #state} to restore moments. */
  void restoreSteps(Map<String, Long> steps);
}

package io.github.maskalign.autograd.optim;

import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.tensor.Tensor;
import java.util.Map;

/**
 * Changes parameters in place from their gradients. A parameter without a gradient is left alone,
 * its weight decay included. The state's memory belongs to the scope given at creation.
 *
 * @since 0.1.0
 */
public interface Optimizer {

  /**
   * One update.
   *
   * @param gradients of the parameters
   * @param learningRate before the groups' factors
   * @param gradientScale factor on every gradient, 1 unless gradients are clipped
   */
  void step(GradientSource gradients, double learningRate, double gradientScale);

  /** Moments by name, {@code kind.parameter}; their memory is the optimizer's own. */
  Map<String, Tensor> state();

  /** Number of updates that each parameter has had, by name; absent means none. */
  Map<String, Long> steps();

  /** Restores the numbers of updates; the moments are restored by writing into {@link #state}. */
  void restoreSteps(Map<String, Long> steps);
}

package io.github.maskalign.autograd.optim;

import io.github.maskalign.autograd.nn.Parameter;
import java.util.List;

/**
 * Parameters that share optimizer settings.
 *
 * @param parameters the parameters, each in one group only
 * @param rateScale factor on the learning rate, for layer-wise decay
 * @param weightDecay weight decay of this group
 * @since 0.1.0
 */
public record ParameterGroup(List<Parameter> parameters, double rateScale, double weightDecay) {

  /** Copies the list. */
  public ParameterGroup {
    parameters = List.copyOf(parameters);
  }
}

package io.github.maskalign.autograd.optim;

import io.github.maskalign.autograd.nn.Parameter;
import java.util.List;

/**
 * Parameters that share settings of an optimizer.
 *
 * @param parameters members; each belongs to one group only
 * @param rateScale factor on the learning rate, as layer-wise decay needs
 * @param weightDecay decay of this group
 * @since 0.1.0
 */
public record ParameterGroup(List<Parameter> parameters, double rateScale, double weightDecay) {

  /** Copies the list. */
  public ParameterGroup {
    parameters = List.copyOf(parameters);
  }
}

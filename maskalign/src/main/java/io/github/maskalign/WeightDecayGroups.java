package io.github.maskalign;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.ParameterGroup;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Parameter groups of pre-training: weight decay applies to all parameters except one-dimensional
 * ones, biases and {@code distill_weights}. It applies to the class token; fixed position
 * embeddings are in no group.
 *
 * @since 0.1.0
 */
public final class WeightDecayGroups {

  private WeightDecayGroups() {}

  /** The group without decay, then the one with. */
  public static List<ParameterGroup> of(Parameters parameters, double weightDecay) {
    Map<Boolean, List<Parameter>> byDecay =
        parameters.trainable().stream()
            .collect(Collectors.partitioningBy(WeightDecayGroups::isDecayed));
    return List.of(
        new ParameterGroup(byDecay.get(false), 1, 0),
        new ParameterGroup(byDecay.get(true), 1, weightDecay));
  }

  private static boolean isDecayed(Parameter parameter) {
    return parameter.value().shape().rank() > 1
        && !parameter.name().endsWith(".bias")
        && !parameter.name().equals(LevelMix.WEIGHTS);
  }
}

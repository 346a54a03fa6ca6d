package io.github.maskalign.train;

import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.GradientNorm;
import io.github.maskalign.autograd.optim.Optimizer;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Finds the first tensor with a value that is not finite, and names it.
 *
 * @param parameters the trained parameters
 */
record NonFiniteSearch(List<Parameter> parameters) {

  /** In the names of a batch norm's running mean and variance. */
  private static final String STATISTICS = "running_";

  /** The first sample of a batch that has such a pixel, or -1. */
  static int sample(Batch batch) {
    float[] pixels = batch.pixels();
    for (int i = 0; i < pixels.length; i++) {
      if (!Float.isFinite(pixels[i])) {
        return batch.samples()[i / (pixels.length / batch.size())];
      }
    }
    return -1;
  }

  /** Searches the weights, then the results computed from them, in order. */
  String behindLoss(Tape tape) {
    for (Parameter parameter : parameters) {
      if (!isFinite(parameter.value())) {
        return "parameter " + parameter.name();
      }
    }
    return tape.firstResult(result -> !isFinite(result))
        .orElse("a tensor that is not recorded, such as a target");
  }

  /** Searches the gradients in the order of the parameters. */
  String among(GradientSource gradients) {
    for (Parameter parameter : parameters) {
      Tensor gradient = gradients.of(parameter.value());
      if (gradient != null && !isFinite(gradient)) {
        return "the gradient of " + parameter.name();
      }
    }
    return "their sum, which overflows";
  }

  /**
   * Describes the first of the parameters and the optimizer's moments with a value that is not
   * finite. If all are finite, this takes one reduction over them.
   */
  static Optional<String> among(Parameters parameters, Optimizer optimizer) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : parameters.all()) {
      String kind = parameter.name().contains(STATISTICS) ? "the statistic " : "the weight ";
      tensors.put(kind + parameter.name(), parameter.value());
    }
    optimizer.state().forEach((name, moment) -> tensors.put("the moment " + name, moment));
    List<Tensor> all = List.copyOf(tensors.values());
    if (Double.isFinite(GradientNorm.of(parameters.scope(), all))) {
      return Optional.empty();
    }
    // Squares of large values overflow too, so it is the values that decide.
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      OptionalDouble value = nonFinite(entry.getValue());
      if (value.isPresent()) {
        return Optional.of("%s has the value %s".formatted(entry.getKey(), value.getAsDouble()));
      }
    }
    return Optional.empty();
  }

  private static boolean isFinite(Tensor tensor) {
    return nonFinite(tensor).isEmpty();
  }

  /** The first value of a tensor that is not finite. */
  private static OptionalDouble nonFinite(Tensor tensor) {
    return Arrays.stream(tensor.toDoubles()).filter(value -> !Double.isFinite(value)).findFirst();
  }
}

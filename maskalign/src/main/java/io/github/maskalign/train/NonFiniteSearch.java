package io.github.maskalign.train;

import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Tensor;
import java.util.List;

/**
 * Finds the first tensor with a value that is not finite, and names it.
 *
 * @param parameters the trained parameters
 */
record NonFiniteSearch(List<Parameter> parameters) {

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

  private static boolean isFinite(Tensor tensor) {
    for (double value : tensor.toDoubles()) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}

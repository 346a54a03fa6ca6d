package io.github.maskalign.vit.weights.family;

import io.github.maskalign.tensor.Shape;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the weights of a file tell of their network.
 *
 * @param width length of a token
 * @param depth number of blocks
 * @param mlpWidth hidden length of the first block's MLP
 * @param positions number of rows of the position table, 0 if there is none
 * @param shapes of parameters by name; null where the file lacks one
 * @since 0.1.0
 */
public record Held(
    int width, int depth, int mlpWidth, int positions, Function<String, @Nullable Shape> shapes) {

  /** Whether the file has a parameter. */
  boolean has(String parameter) {
    return shapes.apply(parameter) != null;
  }

  /** The length of a parameter's first axis, 0 if the file lacks it. */
  int rows(String parameter) {
    Shape shape = shapes.apply(parameter);
    return shape == null || shape.rank() == 0 ? 0 : shape.dim(0);
  }
}

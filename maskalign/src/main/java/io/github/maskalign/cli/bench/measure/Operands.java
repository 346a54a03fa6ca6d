package io.github.maskalign.cli.bench.measure;

import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;

/**
 * Creates operands, the same in every run.
 *
 * @param scope owns them
 */
public record Operands(Scope scope) {

  /** Uniform in [-0.5, 0.5). */
  public Tensor random(int... dims) {
    return scope.eager().affine(uniform(dims), 1, -0.5);
  }

  /** Uniform in (0, 1]. */
  public Tensor positive(int... dims) {
    return scope.eager().affine(uniform(dims), -1, 1);
  }

  private Tensor uniform(int... dims) {
    return scope.eager().uniform(draws(dims), dims);
  }

  /** Pixels in host memory, uniform in [0, 1). */
  public static float[] pixels(int... dims) {
    float[] values = new float[Math.toIntExact(Shape.of(dims).size())];
    draws(dims).fillUniform(values, 0);
    return values;
  }

  private static Philox draws(int... dims) {
    return Philox.of(1).stream(Shape.of(dims).toString());
  }
}

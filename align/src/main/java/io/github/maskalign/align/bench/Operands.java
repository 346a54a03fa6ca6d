package io.github.maskalign.align.bench;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;

/**
 * Makes operands, the same in every run.
 *
 * @param scope owns them
 */
record Operands(Scope scope) {

  /** Uniform in [-0.5, 0.5). */
  Tensor random(int... dims) {
    return eager().affine(positive(dims), 1, -0.5);
  }

  /** Uniform in (0, 1]. */
  Tensor positive(int... dims) {
    return eager().of(uniform(dims), dims);
  }

  /** Uniform in (0, 1]. */
  static float[] uniform(int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[Math.toIntExact(shape.size())];
    Philox.of(1).stream(shape.toString()).fillUniformOpen(values, 0);
    return values;
  }

  private Eager eager() {
    return scope.eager();
  }
}

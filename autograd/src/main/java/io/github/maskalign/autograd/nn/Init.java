package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;

/**
 * An initializer: computes the initial values of a parameter from a stream of random numbers.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Init {

  /** Writes the initial values, row-major. */
  void fill(float[] values, Shape shape, Philox random);

  /** Sets all values to a constant. */
  static Init constant(float value) {
    return (values, shape, random) -> Arrays.fill(values, value);
  }

  /** Sets all values to zero. */
  static Init zeros() {
    return constant(0);
  }

  /** Sets all values to one. */
  static Init ones() {
    return constant(1);
  }

  /** Copies the given values, row-major, as many as the parameter has. */
  static Init of(float[] source) {
    return (values, shape, random) -> {
      if (source.length != values.length) {
        throw new ShapeException("init: " + source.length + " values do not match shape " + shape);
      }
      System.arraycopy(source, 0, values, 0, values.length);
    };
  }

  /** Draws from a normal distribution of mean 0. */
  static Init normal(double deviation) {
    return (values, shape, random) -> {
      random.fillNormal(values, 0);
      for (int i = 0; i < values.length; i++) {
        values[i] *= (float) deviation;
      }
    };
  }

  /** Draws uniformly from (-bound, bound). */
  static Init uniform(double bound) {
    return (values, shape, random) -> {
      random.fillUniformOpen(values, 0);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((2 * values[i] - 1) * bound);
      }
    };
  }

  /**
   * Draws uniformly with bound {@code sqrt(6 / (in + out))} for a matrix {@code [out, in]} (Glorot
   * and Bengio, 2010).
   */
  static Init xavierUniform() {
    return (values, shape, random) ->
        uniform(Math.sqrt(6.0 / (shape.dim(0) + shape.dim(1)))).fill(values, shape, random);
  }
}

package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;

/**
 * How a parameter gets its first values: a function of the stream of random numbers it is given.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Init {

  /** Writes the first values, row-major. */
  void fill(float[] values, Shape shape, Philox random);

  /** The same value everywhere. */
  static Init constant(float value) {
    return (values, shape, random) -> Arrays.fill(values, value);
  }

  /** Zeros. */
  static Init zeros() {
    return constant(0);
  }

  /** Ones. */
  static Init ones() {
    return constant(1);
  }

  /** Given values, row-major, as many as the parameter has. */
  static Init of(float[] source) {
    return (values, shape, random) -> {
      if (source.length != values.length) {
        throw new ShapeException("init: " + source.length + " values do not fill shape " + shape);
      }
      System.arraycopy(source, 0, values, 0, values.length);
    };
  }

  /** Normal with mean 0. */
  static Init normal(double deviation) {
    return (values, shape, random) -> {
      random.fillNormal(values, 0);
      for (int i = 0; i < values.length; i++) {
        values[i] *= (float) deviation;
      }
    };
  }

  /** Uniform in (-bound, bound). */
  static Init uniform(double bound) {
    return (values, shape, random) -> {
      random.fillUniformOpen(values, 0);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((2 * values[i] - 1) * bound);
      }
    };
  }

  /**
   * Uniform with bound {@code sqrt(6 / (in + out))} for a matrix {@code [out, in]} (Glorot and
   * Bengio, 2010).
   */
  static Init xavierUniform() {
    return (values, shape, random) ->
        uniform(Math.sqrt(6.0 / (shape.dim(0) + shape.dim(1)))).fill(values, shape, random);
  }
}

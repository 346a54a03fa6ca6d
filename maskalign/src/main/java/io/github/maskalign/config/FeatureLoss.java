package io.github.maskalign.config;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;

/**
 * The distance of predicted features from the teacher's, for one level. {@link LossKind} has the
 * published ones; any other can be passed to {@link AlignmentConfig#withLoss}. Written in
 * operations of {@code ops}, it needs no derivative: the tape derives it.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface FeatureLoss {

  /**
   * {@code y [B, T, D], t [B, T, D] -> l(y, t)}, a scalar.
   *
   * @param prediction what the student predicts, y
   * @param target the normalized features of the teacher, t; gets no gradient
   */
  Tensor of(Ops ops, Tensor prediction, Tensor target);
}

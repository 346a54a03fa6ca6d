package io.github.maskalign;

import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.FeatureLoss;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code sum_i w_i l(y_i, t_i)} over the levels with a weight; l is a mean over samples, tokens
 * (the class token is one of them) and channels.
 *
 * @param total the loss, a scalar
 * @param levels {@code l(y_i, t_i)} of each level, unweighted scalars
 * @since 0.1.0
 */
public record AlignmentLoss(Tensor total, List<Tensor> levels) {

  /** Computes the loss from predictions and targets of {@link AlignmentPlan#levels}. */
  public static AlignmentLoss of(
      Ops ops, AlignmentPlan plan, List<Tensor> predictions, List<Tensor> targets) {
    List<AlignmentPlan.Level> used = plan.levels();
    if (predictions.size() != used.size() || targets.size() != used.size()) {
      throw new ShapeException(
          "alignment loss: "
              + predictions.size()
              + " predictions and "
              + targets.size()
              + " targets for "
              + used.size()
              + " levels");
    }
    List<Tensor> levels = new ArrayList<>(used.size());
    for (int i = 0; i < used.size(); i++) {
      levels.add(distance(ops, plan.config().loss(), predictions.get(i), targets.get(i)));
    }
    Tensor total = ops.affine(levels.getFirst(), used.getFirst().weight(), 0);
    for (int i = 1; i < used.size(); i++) {
      total = ops.add(total, ops.affine(levels.get(i), used.get(i).weight(), 0));
    }
    return new AlignmentLoss(total, List.copyOf(levels));
  }

  /**
   * Frees predictions and targets after their loss, for a caller that does not use them otherwise.
   * Those that the loss's derivative reads stay.
   */
  public static void free(Ops ops, List<Tensor> predictions, List<Tensor> targets) {
    predictions.forEach(ops::discard);
    targets.forEach(ops::discard);
  }

  /** {@code l(y, t)}, a scalar. */
  public static Tensor distance(Ops ops, FeatureLoss loss, Tensor prediction, Tensor target) {
    Tensor value = ops.within("distance", o -> loss.of(o, prediction, target));
    if (value.size() != 1) {
      throw new ShapeException("loss: must be a scalar, got shape " + value.shape());
    }
    return value;
  }
}

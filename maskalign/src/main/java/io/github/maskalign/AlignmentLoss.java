package io.github.maskalign;

import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code sum_i w_i l(y_i, t_i)} over the levels that count; l is a mean over samples, tokens (the
 * class token is one of them) and channels.
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

  /** {@code l(y, t)}, a scalar. */
  public static Tensor distance(Ops ops, LossKind kind, Tensor prediction, Tensor target) {
    return ops.within(
        "distance",
        o ->
            switch (kind) {
              case L2 -> o.mean(o.unary(UnaryOp.SQUARE, o.sub(prediction, target)), false);
              case L1 -> o.mean(o.unary(UnaryOp.ABS, o.sub(prediction, target)), false);
              case SMOOTH_L1 -> o.affine(o.smoothL1(prediction, target, 1), 2, 0);
              case SMOOTH_L1_PAPER -> o.smoothL1(prediction, target, 1);
            });
  }
}

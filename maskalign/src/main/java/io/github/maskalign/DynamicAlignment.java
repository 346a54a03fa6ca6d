package io.github.maskalign;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentOrder;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code student levels x_1 .. x_S, each [B, T, D] -> predictions of teacher levels, each [B, T,
 * D']} (arXiv 2211.08887, section 3). In the order of the released code, {@code y_i = A_i(sum_j
 * W_ij x_j)}; in that of the paper's figure, {@code y_i = sum_j W_ij A_j(x_j)}.
 *
 * <p>Parameters: {@code distill_weights}, W; and A, {@code distill_heads.i.*} with one head for
 * each teacher level, or {@code distill_adapters.j.*} with one for each student level. All of them
 * exist, so that weight files agree; those of levels without a weight in the loss get no gradient.
 *
 * @since 0.1.0
 */
public final class DynamicAlignment {

  private final AlignmentPlan plan;
  private final LevelMix mix;
  private final List<Head> heads;

  private DynamicAlignment(AlignmentPlan plan, LevelMix mix, List<Head> heads) {
    this.plan = plan;
    this.mix = mix;
    this.heads = heads;
  }

  /** Creates the parameters. */
  public static DynamicAlignment create(Parameters.Path path, AlignmentPlan plan) {
    return create(path, plan, LevelMix.create(path, plan));
  }

  /** Creates the heads for an existing mix: W is created before the student, the heads after it. */
  static DynamicAlignment create(Parameters.Path path, AlignmentPlan plan, LevelMix mix) {
    boolean mixFirst = plan.config().order() == AlignmentOrder.MIX_THEN_ADAPT;
    int count = mixFirst ? plan.teacher().depth() : plan.student().depth();
    Parameters.Path parent = path.at(mixFirst ? "distill_heads" : "distill_adapters");
    List<Head> heads = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      heads.add(
          Head.create(
              parent.at(i), plan.config().head(), plan.student().width(), plan.teacher().width()));
    }
    return new DynamicAlignment(plan, mix, List.copyOf(heads));
  }

  /**
   * Predicts the levels that have a weight in the loss.
   *
   * @param students the output of every block
   */
  public List<Tensor> predict(Ops ops, List<Tensor> students) {
    return predict(ops, students, plan.levelIndices());
  }

  /** Predicts teacher levels, counted from 0, in the order given. */
  public List<Tensor> predict(Ops ops, List<Tensor> students, List<Integer> levels) {
    return switch (plan.config().order()) {
      case MIX_THEN_ADAPT -> mixThenAdapt(ops, students, levels);
      case ADAPT_THEN_MIX -> adaptThenMix(ops, students, levels);
    };
  }

  private List<Tensor> mixThenAdapt(Ops ops, List<Tensor> students, List<Integer> levels) {
    List<Tensor> predictions = new ArrayList<>(levels.size());
    for (int level : levels) {
      Tensor mixed = mix.forward(ops, students, level);
      predictions.add(heads.get(level).forward(ops, mixed));
    }
    return predictions;
  }

  private List<Tensor> adaptThenMix(Ops ops, List<Tensor> students, List<Integer> levels) {
    if (!mix.mixes()) {
      return levels.stream().map(i -> heads.get(i).forward(ops, students.get(i))).toList();
    }
    List<Tensor> adapted = new ArrayList<>(students.size());
    for (int j = 0; j < students.size(); j++) {
      adapted.add(heads.get(j).forward(ops, students.get(j)));
    }
    return levels.stream().map(i -> mix.forward(ops, adapted, i)).toList();
  }
}

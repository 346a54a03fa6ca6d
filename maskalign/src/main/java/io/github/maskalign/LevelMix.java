package io.github.maskalign;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code xs: S tensors [B, T, D], i -> z_i [B, T, D]}: {@code z_i = sum_j W_ij x_j}, or {@code x_i}
 * where nothing is mixed. W is unconstrained.
 */
final class LevelMix {

  static final String WEIGHTS = "distill_weights";
  private static final float EVERYWHERE = 0.01f;

  private final @Nullable Tensor weights;

  private LevelMix(@Nullable Tensor weights) {
    this.weights = weights;
  }

  /** Parameter {@code distill_weights}, unless the fusion is simple. */
  static LevelMix create(Parameters.Path path, AlignmentPlan plan) {
    int students = plan.student().depth();
    int teachers = plan.teacher().depth();
    return new LevelMix(
        switch (plan.config().fusion()) {
          case SIMPLE -> null;
          case LINEAR -> path.add(WEIGHTS, nearIdentity(students), students, students);
          case SUM -> path.add(WEIGHTS, Init.constant(1f / students), teachers, students);
        });
  }

  private static Init nearIdentity(int size) {
    float[] values = new float[size * size];
    Arrays.fill(values, EVERYWHERE);
    for (int i = 0; i < size; i++) {
      values[i * size + i] += 1;
    }
    return Init.of(values);
  }

  Tensor forward(Ops ops, List<Tensor> xs, int level) {
    if (weights == null) {
      return xs.get(level);
    }
    Tensor row = ops.slice(weights, 0, level, level + 1);
    return ops.weightedSum(xs, ops.reshape(row, xs.size()));
  }

  /** Whether {@code z_i} depends on every x, or on x_i alone. */
  boolean mixes() {
    return weights != null;
  }
}

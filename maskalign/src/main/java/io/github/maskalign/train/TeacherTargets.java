package io.github.maskalign.train;

import io.github.maskalign.NormalizedTargets;
import io.github.maskalign.Targets;
import io.github.maskalign.Teacher;
import io.github.maskalign.TeacherId;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;

/**
 * Runs a teacher on every batch.
 *
 * @param teacher computes the features
 * @param plan determines levels and normalization
 * @since 0.1.0
 */
public record TeacherTargets(Teacher teacher, AlignmentPlan plan) implements TargetSource {

  @Override
  public TeacherId teacherId() {
    return teacher.id();
  }

  @Override
  public Targets targets(Ops ops, Batch batch, Tensor images) {
    return new NormalizedTargets(
        plan, teacher.forward(ops, images, NormalizedTargets.request(plan)));
  }
}

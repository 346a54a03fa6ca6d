package io.github.maskalign;

import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.TargetNorm;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import java.util.List;

/**
 * Targets computed from a teacher's output: its levels, normalized and gathered at the visible
 * tokens.
 *
 * @param plan determines the levels and their normalization
 * @param output of the teacher, for the {@link #request} of this plan
 * @since 0.1.0
 */
public record NormalizedTargets(AlignmentPlan plan, TeacherOutput output) implements Targets {

  /**
   * The teacher outputs that a plan requires: of the last block the visible tokens only, unless the
   * normalization of a target depends on others.
   */
  public static TeacherRequest request(AlignmentPlan plan) {
    int lowest = plan.levels().getFirst().index();
    return new TeacherRequest(
        plan.teacher().depth() - lowest,
        plan.config().mask().usesImportance(),
        plan.config().targetNorm().perToken());
  }

  @Override
  public float[] importance() {
    Tensor importance = output.importance();
    return importance == null ? new float[0] : importance.toFloats();
  }

  @Override
  public List<Tensor> at(Eager ops, int[] tokens) {
    TargetNorm norm = plan.config().targetNorm();
    int batch = output.images();
    Tensor ids = ops.of(tokens, batch, tokens.length / batch);
    return plan.levelIndices().stream()
        .map(level -> TargetNormalizer.target(ops, norm, output, level, ids))
        .toList();
  }
}

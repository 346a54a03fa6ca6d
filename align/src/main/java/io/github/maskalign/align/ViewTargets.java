package io.github.maskalign.align;

import io.github.maskalign.align.config.AlignmentPlan;
import io.github.maskalign.align.config.TargetNorm;
import io.github.maskalign.align.teacher.TeacherView;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import java.util.List;

/** Targets from the levels of a teacher that has just looked. */
record ViewTargets(AlignmentPlan plan, TeacherView view) implements Targets {

  @Override
  public float[] importance() {
    Tensor importance = view.importance();
    return importance == null ? new float[0] : importance.toFloats();
  }

  @Override
  public List<Tensor> at(Eager ops, int[] tokens) {
    TargetNorm norm = plan.config().targetNorm();
    int batch = view.topLevels().getLast().dim(0);
    Tensor ids = ops.of(tokens, batch, tokens.length / batch);
    return plan.levelIndices().stream()
        .map(level -> TargetNormalizer.target(ops, norm, view.level(level), ids))
        .toList();
  }
}

package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.Targets;
import io.github.maskalign.TeacherId;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.cli.bench.measure.Operands;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.TargetSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The same random targets for every batch: a training step without the teacher's part.
 *
 * @param model is to match them
 * @param view what a teacher might have seen
 */
record FixedTargets(MaskAlign model, TeacherOutput output) implements TargetSource {

  static FixedTargets random(Operands operands, MaskAlign model, int batch) {
    Dimensions teacher = model.plan().teacher();
    List<Tensor> levels = new ArrayList<>();
    for (int i = 0; i < model.request().topLevels(); i++) {
      levels.add(operands.random(batch, 1 + teacher.patches(), teacher.width()));
    }
    Tensor importance = operands.positive(batch, teacher.patches());
    return new FixedTargets(model, new TeacherOutput(teacher.depth(), levels, importance));
  }

  @Override
  public TeacherId teacherId() {
    return new TeacherId("random", "", "none");
  }

  @Override
  public Targets targets(Ops ops, Batch batch, Tensor images) {
    return model.targets(output);
  }
}

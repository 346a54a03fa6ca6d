package io.github.maskalign.train;

import io.github.maskalign.Targets;
import io.github.maskalign.TeacherId;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.StateException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The source without a teacher, which has no targets. */
enum NoTargets implements TargetSource, Targets {
  INSTANCE;

  @Override
  public @Nullable TeacherId teacherId() {
    return null;
  }

  @Override
  public Targets targets(Ops ops, Batch batch, Tensor images) {
    return this;
  }

  @Override
  public float[] importance() {
    return new float[0];
  }

  @Override
  public List<Tensor> at(Eager ops, int[] tokens) {
    throw new StateException("there is no teacher, so there are no targets");
  }
}

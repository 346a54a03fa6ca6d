package io.github.maskalign.train;

import io.github.maskalign.Targets;
import io.github.maskalign.TeacherId;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Provides the targets of pre-training: from a teacher, from a cache, or none.
 *
 * @since 0.1.0
 */
public interface TargetSource extends AutoCloseable {

  /** No targets, for an objective without a teacher. */
  static TargetSource none() {
    return NoTargets.INSTANCE;
  }

  /** Identity of the teacher; null without one. */
  @Nullable TeacherId teacherId();

  /**
   * The targets of a batch.
   *
   * @param ops its scope owns the result; nothing is recorded
   * @param images the batch's pictures [B, C, H, W]
   */
  Targets targets(Ops ops, Batch batch, Tensor images);

  @Override
  default void close() {}
}

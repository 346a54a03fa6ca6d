package io.github.maskalign;

import io.github.maskalign.config.Dimensions;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.Importance;

/**
 * A frozen network to learn from. It is no part of a student: it has no parameters in the student's
 * registry, is never recorded on a tape, and is known to a checkpoint by its {@link TeacherId}.
 *
 * @since 0.1.0
 */
public interface Teacher {

  /** Which network this is. */
  TeacherId id();

  /** Depth, width and number of patches. */
  Dimensions dimensions();

  /** What it takes for the importance of patches. */
  Importance importance();

  /**
   * Looks at whole images, prepared as for the student.
   *
   * @param ops whose scope owns the result; nothing is recorded
   * @param images [B, C, H, W]
   */
  TeacherOutput forward(Ops ops, Tensor images, TeacherRequest request);
}

package io.github.maskalign;

import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a teacher saw in a batch.
 *
 * @param depth number of the teacher's blocks
 * @param topLevels [B, 1 + N, D'] each, the outputs of its last blocks before any final norm; the
 *     class token first, or what stands for it
 * @param importance [B, N], of each patch, of the teacher's own kind; null if not asked for
 * @since 0.1.0
 */
public record TeacherView(int depth, List<Tensor> topLevels, @Nullable Tensor importance) {

  /** Keeps its own copy of the list. */
  public TeacherView {
    topLevels = List.copyOf(topLevels);
  }

  /**
   * The output of a block, counted from 0.
   *
   * @throws ShapeException if it was not asked for
   */
  public Tensor level(int index) {
    int lowest = depth - topLevels.size();
    if (index < lowest || index >= depth) {
      throw new ShapeException(
          "teacher: level "
              + index
              + " was not asked for; the view has levels "
              + lowest
              + " to "
              + (depth - 1));
    }
    return topLevels.get(index - lowest);
  }
}

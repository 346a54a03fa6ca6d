package io.github.maskalign;

import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The output of a teacher for a batch.
 *
 * @param depth number of the teacher's blocks
 * @param topLevels [B, 1 + N, D'] each, the outputs of its last blocks before any final norm; the
 *     class token first, or the token that replaces it
 * @param importance [B, N], of each patch, see {@link Teacher#importance}; null if not requested
 * @since 0.1.0
 */
public record TeacherOutput(int depth, List<Tensor> topLevels, @Nullable Tensor importance) {

  /** Keeps its own copy of the list. */
  public TeacherOutput {
    topLevels = List.copyOf(topLevels);
  }

  /**
   * The output of a block, counted from 0.
   *
   * @throws ShapeException if it was not requested
   */
  public Tensor level(int index) {
    int lowest = depth - topLevels.size();
    if (index < lowest || index >= depth) {
      throw new ShapeException(
          "teacher: level "
              + index
              + " was not requested; the output has levels "
              + lowest
              + " to "
              + (depth - 1));
    }
    return topLevels.get(index - lowest);
  }
}

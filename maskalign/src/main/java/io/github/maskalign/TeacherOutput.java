package io.github.maskalign;

import io.github.maskalign.tensor.Eager;
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
 * @param last the output of its last block, if that is not among them
 * @param importance [B, N], of each patch, see {@link Teacher#importance}; null if not requested
 * @since 0.1.0
 */
public record TeacherOutput(
    int depth, List<Tensor> topLevels, @Nullable PendingLevel last, @Nullable Tensor importance) {

  /** Keeps its own copy of the list. */
  public TeacherOutput {
    topLevels = List.copyOf(topLevels);
  }

  /** All levels at all tokens. */
  public TeacherOutput(int depth, List<Tensor> topLevels, @Nullable Tensor importance) {
    this(depth, topLevels, null, importance);
  }

  /** Number of images B. */
  public int images() {
    return last == null ? topLevels.getFirst().dim(0) : last.images();
  }

  /**
   * [B, 1 + N, D']: the output of a block, counted from 0.
   *
   * @throws ShapeException if it was not requested, or only at some tokens
   */
  public Tensor level(int index) {
    if (last != null && index == depth - 1) {
      throw new ShapeException(
          "teacher: level " + index + " was requested at some tokens only; use TeacherOutput.at");
    }
    int whole = last == null ? depth : depth - 1;
    int lowest = whole - topLevels.size();
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

  /**
   * tokens [B, K] -> [B, K, D']: the output of a block, counted from 0, at some tokens.
   *
   * @param ops whose scope owns the result
   * @param tokens token numbers (the class token is 0, patch p is 1 + p)
   * @throws ShapeException if it was not requested
   */
  public Tensor at(Eager ops, int index, Tensor tokens) {
    return last != null && index == depth - 1
        ? last.at(ops, tokens)
        : ops.gatherTokens(level(index), tokens);
  }
}

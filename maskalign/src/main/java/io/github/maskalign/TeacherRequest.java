package io.github.maskalign;

/**
 * The outputs requested from a teacher.
 *
 * @param topLevels number of block outputs, counted from the last
 * @param importance whether to compute the importance of patches
 * @param lastAtTokens whether the output of the last block is used through {@link TeacherOutput#at}
 *     only, so that the teacher may leave it to be computed for those tokens
 * @since 0.1.0
 */
public record TeacherRequest(int topLevels, boolean importance, boolean lastAtTokens) {

  /** All tokens of all levels. */
  public TeacherRequest(int topLevels, boolean importance) {
    this(topLevels, importance, false);
  }

  /** The same outputs, with the last at all tokens or at those that are asked for. */
  public TeacherRequest withLastAtTokens(boolean some) {
    return new TeacherRequest(topLevels, importance, some);
  }
}

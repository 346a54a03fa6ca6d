package io.github.maskalign.config;

import io.github.maskalign.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Choices that fit two networks, and what follows from them.
 *
 * @param config the choices
 * @param student the network that learns
 * @param teacher the network it is aligned with
 * @param keptPatches number of patches that the student sees
 * @param levels the teacher levels that count in the loss, ascending
 * @since 0.1.0
 */
public record AlignmentPlan(
    AlignmentConfig config,
    Dimensions student,
    Dimensions teacher,
    int keptPatches,
    List<Level> levels) {

  /**
   * A teacher level that counts.
   *
   * @param index counted from 0: the output of block {@code index}
   * @param weight in the loss, positive
   */
  public record Level(int index, double weight) {}

  static AlignmentPlan of(AlignmentConfig config, Dimensions student, Dimensions teacher) {
    if (student.patches() != teacher.patches()) {
      throw new ShapeException(
          "alignment: the student has "
              + student.patches()
              + " patches and the teacher "
              + teacher.patches()
              + "; the two grids must agree, so resize the teacher's input or change a patch size");
    }
    requireDepths(config.fusion(), student.depth(), teacher.depth());
    int kept = AlignmentConfig.keptPatches(student.patches(), config.maskRatio());
    if (kept == 0) {
      throw new ShapeException(
          "alignment: mask ratio "
              + config.maskRatio()
              + " leaves none of "
              + student.patches()
              + " patches; lower it");
    }
    int aligned = config.fusion() == Fusion.SUM ? teacher.depth() : student.depth();
    double[] weights = config.levelWeights().weights(aligned);
    List<Level> levels = new ArrayList<>();
    for (int i = 0; i < aligned; i++) {
      if (weights[i] > 0) {
        levels.add(new Level(i, weights[i]));
      }
    }
    return new AlignmentPlan(config, student, teacher, kept, List.copyOf(levels));
  }

  private static void requireDepths(Fusion fusion, int student, int teacher) {
    boolean fits =
        switch (fusion) {
          case SIMPLE -> student <= teacher;
          case LINEAR -> student == teacher;
          case SUM -> true;
        };
    if (!fits) {
      throw new ShapeException(
          "alignment: fusion "
              + fusion
              + " needs "
              + (fusion == Fusion.LINEAR ? "equal depths" : "a teacher as deep as the student")
              + ", but the student has "
              + student
              + " levels and the teacher "
              + teacher
              + "; use fusion sum");
    }
  }

  /** Numbers of the levels that count, ascending. */
  public List<Integer> levelIndices() {
    return levels.stream().map(Level::index).toList();
  }
}

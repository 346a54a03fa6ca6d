package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.ModelSettings;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.eval.FeatureEvaluation;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The scores of what a student is compared with: the pixels themselves, and its teacher. */
public final class BaselineScores {

  /** Side of the images whose pixels are compared, as in {@code knn} without weights. */
  private static final int MAX_PIXELS = 32;

  private BaselineScores() {}

  /**
   * Measures them on the evaluation images of the settings.
   *
   * @throws ArgumentException if the settings name no evaluation images
   */
  public static List<FeatureScore> measure(Session session, PretrainSettings given) {
    ValidationSets sets = ValidationSets.open(given.pictures());
    PretrainSettings settings = given.completed(sets.trained().size(), PretrainModel.taught(given));
    ModelSettings.Shape shape = settings.student().shape();
    FeatureEvaluation evaluation =
        sets.evaluation(Views.plain(shape), settings.loading().loading());
    if (evaluation == null) {
      throw new ArgumentException("missing --eval-data: labeled images to evaluate on");
    }
    long seed = settings.run().seed();
    List<FeatureScore> scores = new ArrayList<>();
    int side = Math.min(shape.side(), MAX_PIXELS);
    FeatureEvaluation small =
        sets.evaluation(
            Views.plain(side, shape.evalCrop(), shape.stats()), settings.loading().loading());
    scores.add(Objects.requireNonNull(small).pixels("raw pixels", session.backend(), seed));
    ViTTeacher teacher = PretrainModel.teacher(session.scope(), settings, shape.stats());
    if (teacher != null) {
      scores.add(
          evaluation.network(
              "teacher", session.scope(), teacher.network(), teacher.adapter(), seed));
    }
    return scores;
  }
}

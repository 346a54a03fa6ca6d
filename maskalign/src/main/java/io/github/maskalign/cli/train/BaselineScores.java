package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.ModelSettings;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.data.DatasetIdentity;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.eval.FeatureEvaluation;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.image.ImageSize;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The scores of what a student is compared with: the pixels themselves, and its teacher. */
public final class BaselineScores {

  /** Side of the images whose pixels are compared, as in {@code knn} without weights. */
  private static final int MAX_PIXELS = 32;

  private final ValidationSets sets;
  private final PretrainSettings settings;
  private final ModelSettings.Shape shape;
  private final LoaderOptions loading;
  private final FeatureEvaluation evaluation;

  private BaselineScores(Session session, ValidationSets sets, PretrainSettings settings) {
    this.sets = sets;
    this.settings = settings;
    this.shape = settings.student().shape();
    this.loading = session.loading(settings.loading().loading());
    FeatureEvaluation wanted = sets.evaluation(Views.plain(shape), loading);
    if (wanted == null) {
      throw new ArgumentException("missing --eval-data: labeled images to evaluate on");
    }
    this.evaluation = wanted;
  }

  /**
   * Opens the evaluation images of the settings.
   *
   * @throws ArgumentException if the settings name none
   */
  public static BaselineScores of(Session session, PretrainSettings given) {
    ValidationSets sets = ValidationSets.open(given.pictures());
    return new BaselineScores(
        session, sets, given.completed(sets.trained().size(), PretrainModel.taught(given)));
  }

  /** The settings, completed from the data. */
  public PretrainSettings settings() {
    return settings;
  }

  /** The images in which neighbors are searched, and those that are classified. */
  public List<DatasetIdentity> images() {
    return List.of(
        DatasetIdentity.of(evaluation.gallery()), DatasetIdentity.of(evaluation.queries()));
  }

  /** Side of the images whose pixels are compared. */
  public int pixelSide() {
    return Math.min(Math.min(shape.size().height(), shape.size().width()), MAX_PIXELS);
  }

  /** Measures the pixels. */
  public FeatureScore pixels(Session session) {
    FeatureEvaluation small =
        sets.evaluation(
            Views.plain(ImageSize.square(pixelSide()), shape.evalCrop(), shape.stats()), loading);
    return Objects.requireNonNull(small)
        .pixels("raw pixels", session.backend(), settings.run().seed());
  }

  /** Measures the teacher; null without one. */
  public @Nullable FeatureScore teacher(Session session) {
    ViTTeacher teacher = PretrainModel.teacher(session.scope(), settings, shape.stats());
    return teacher == null
        ? null
        : evaluation.network(
            "teacher",
            session.scope(),
            teacher.network(),
            teacher.adapter(),
            settings.run().seed());
  }
}

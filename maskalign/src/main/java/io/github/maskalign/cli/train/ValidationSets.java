package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.PretrainData;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.Transform;
import io.github.maskalign.data.sets.Subsets;
import io.github.maskalign.eval.FeatureEvaluation;
import org.jspecify.annotations.Nullable;

/**
 * The images of pre-training, and the labeled ones on which its student is evaluated.
 *
 * @param trained images to train on
 * @param gallery labeled images in which neighbors are searched; null without evaluation
 * @param queries labeled images to classify; null without evaluation
 */
public record ValidationSets(
    Dataset trained, @Nullable Dataset gallery, @Nullable Dataset queries) {

  /** Opens the data sets that the settings name, or splits the training images. */
  public static ValidationSets open(PretrainData settings) {
    if (settings.held().wanted()) {
      Subsets.Split parts = settings.held().of(DataSetOption.labeled("--data", settings.data()));
      return of(settings, parts.rest(), parts.rest(), parts.chosen());
    }
    Dataset trained = DataSetOption.open("--data", settings.data());
    if (settings.evalData() == null) {
      return new ValidationSets(trained, null, null);
    }
    Dataset queries = DataSetOption.labeled("--eval-data", settings.evalData());
    if (settings.evalGallery() != null) {
      Dataset gallery = DataSetOption.labeled("--eval-gallery", settings.evalGallery());
      SameImages.warn("--eval-data", queries, "--eval-gallery", gallery);
      return of(settings, trained, gallery, matched(queries, "--eval-gallery", gallery));
    }
    boolean same =
        SameImages.warn(
            "--eval-data",
            queries,
            "--data",
            trained,
            " (one half of them is the gallery for the other)");
    if (trained.hasLabels() && !same) {
      return of(settings, trained, trained, matched(queries, "--data", trained));
    }
    return of(settings, trained, everySecond(queries, 0), everySecond(queries, 1));
  }

  private static ValidationSets of(
      PretrainData settings, Dataset trained, Dataset gallery, Dataset queries) {
    return new ValidationSets(
        trained,
        DataSetOption.atMost(gallery, settings.evalImages()),
        DataSetOption.atMost(queries, settings.evalImages()));
  }

  /**
   * The evaluation; null without one.
   *
   * @param transform preprocessing of the student
   * @param loading of the run
   */
  public @Nullable FeatureEvaluation evaluation(Transform transform, LoaderOptions loading) {
    return gallery == null || queries == null
        ? null
        : new FeatureEvaluation(gallery, queries, transform, loading.reportingOnce());
  }

  private static Dataset matched(Dataset queries, String reference, Dataset gallery) {
    return DataSetOption.matched("--eval-data", queries, reference, gallery.classNames());
  }

  private static Dataset everySecond(Dataset all, int first) {
    int[] samples = new int[(all.size() - first + 1) / 2];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = first + 2 * i;
    }
    return all.select(samples);
  }
}

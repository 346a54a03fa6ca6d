package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.PretrainData;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.eval.FeatureEvaluation;
import org.jspecify.annotations.Nullable;

/** Opens the labeled data sets on which pre-training evaluates its student. */
public final class ValidationSets {

  private ValidationSets() {}

  /**
   * The evaluation on the data sets of the settings; null if there are none.
   *
   * @param trained the images of pre-training
   * @param transform preprocessing of the student
   */
  public static @Nullable FeatureEvaluation of(
      PretrainData settings, Dataset trained, Transform transform) {
    if (settings.evalData() == null) {
      return null;
    }
    Dataset queries = DataSetOption.labeled("--eval-data", settings.evalData());
    Dataset gallery;
    if (settings.evalGallery() != null) {
      gallery = DataSetOption.labeled("--eval-gallery", settings.evalGallery());
      queries = matched(queries, "--eval-gallery", gallery);
    } else if (trained.hasLabels() && !settings.evalData().equals(settings.data())) {
      gallery = trained;
      queries = matched(queries, "--data", gallery);
    } else {
      Dataset all = queries;
      gallery = everySecond(all, 0);
      queries = everySecond(all, 1);
    }
    return new FeatureEvaluation(
        DataSetOption.atMost(gallery, settings.evalImages()),
        DataSetOption.atMost(queries, settings.evalImages()),
        transform);
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

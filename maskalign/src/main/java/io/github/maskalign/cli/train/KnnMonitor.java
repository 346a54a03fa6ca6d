package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.PretrainData;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.eval.FeatureExtractor;
import io.github.maskalign.eval.KnnClassifier;
import io.github.maskalign.eval.SoftmaxRegression;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates features by k-NN on labeled images.
 *
 * @param gallery images in which neighbors are searched
 * @param queries images to classify
 * @param transform preprocessing of the student
 */
public record KnnMonitor(Dataset gallery, Dataset queries, Transform transform) {

  private static final int BATCH = 100;

  /** The data sets of the settings; null if there are none. */
  public static @Nullable KnnMonitor of(
      PretrainData settings, Dataset trained, Transform transform) {
    if (settings.evalData() == null) {
      return null;
    }
    Dataset queries = DataSetOption.labeled("--eval-data", settings.evalData());
    Dataset gallery;
    if (settings.evalGallery() != null) {
      gallery = DataSetOption.labeled("--eval-gallery", settings.evalGallery());
    } else if (trained.hasLabels() && !settings.evalData().equals(settings.data())) {
      gallery = trained;
    } else {
      Dataset all = queries;
      gallery = everySecond(all, 0);
      queries = everySecond(all, 1);
    }
    return new KnnMonitor(
        DataSetOption.atMost(gallery, settings.evalImages()),
        DataSetOption.atMost(queries, settings.evalImages()),
        transform);
  }

  private static Dataset everySecond(Dataset all, int first) {
    int[] samples = new int[(all.size() - first + 1) / 2];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = first + 2 * i;
    }
    return all.select(samples);
  }

  /** Top-1 accuracy in percent by 20 neighbors. */
  double score(Scope scope, ViT network, InputAdapter adapter) {
    FeatureExtractor extractor = extractor(scope, network, adapter);
    return 100
        * KnnClassifier.standard()
            .accuracy(scope.backend(), extractor.extract(gallery), extractor.extract(queries));
  }

  /** Top-1 accuracy in percent of a linear classifier trained on the gallery's features. */
  public double probe(Scope scope, ViT network, long seed) {
    FeatureExtractor extractor = extractor(scope, network, InputAdapter.none());
    return 100
        * SoftmaxRegression.standard(seed)
            .accuracy(scope.backend(), extractor.extract(gallery), extractor.extract(queries));
  }

  private FeatureExtractor extractor(Scope scope, ViT network, InputAdapter adapter) {
    return new FeatureExtractor(scope, network, adapter, transform, BATCH);
  }
}

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
 * Judges networks by k-NN on labeled pictures.
 *
 * @param gallery among which neighbors are looked for
 * @param queries whose classes are looked for
 * @param transform makes a student's input
 */
public record KnnMonitor(Dataset gallery, Dataset queries, Transform transform) {

  private static final int BATCH = 100;

  /** The sets that the settings name; null if none. */
  public static @Nullable KnnMonitor of(
      PretrainData settings, Dataset learned, Transform transform) {
    if (settings.evalData() == null) {
      return null;
    }
    Dataset queries = PictureSource.labeled("--eval-data", settings.evalData());
    Dataset gallery;
    if (settings.evalGallery() != null) {
      gallery = PictureSource.labeled("--eval-gallery", settings.evalGallery());
    } else if (learned.hasLabels() && !settings.evalData().equals(settings.data())) {
      gallery = learned;
    } else {
      Dataset all = queries;
      gallery = everySecond(all, 0);
      queries = everySecond(all, 1);
    }
    return new KnnMonitor(
        PictureSource.atMost(gallery, settings.evalPictures()),
        PictureSource.atMost(queries, settings.evalPictures()),
        transform);
  }

  private static Dataset everySecond(Dataset all, int first) {
    int[] samples = new int[(all.size() - first + 1) / 2];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = first + 2 * i;
    }
    return all.select(samples);
  }

  /** Percentage of the queries whose class is found by 20 neighbors. */
  double score(Scope scope, ViT network, InputAdapter adapter) {
    FeatureExtractor extractor = extractor(scope, network, adapter);
    return 100
        * KnnClassifier.standard()
            .accuracy(scope.backend(), extractor.extract(gallery), extractor.extract(queries));
  }

  /** Percentage of the queries whose class a linear classifier of the gallery's features finds. */
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

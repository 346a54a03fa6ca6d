package io.github.maskalign.eval;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;

/**
 * Evaluates frozen features by k-NN and by a linear classifier, both fitted to a labeled gallery
 * and scored on labeled queries.
 *
 * @since 0.1.0
 */
public final class FeatureEvaluation {

  private static final int BATCH = 100;

  private final Scope scope;
  private final Dataset gallery;
  private final Dataset queries;
  private final Transform transform;
  private final long seed;

  /**
   * An evaluation on two data sets with the same classes.
   *
   * @param scope provides temporary memory
   * @param transform prepares an image for the network, without randomness
   * @param seed of the linear classifier's training
   */
  public FeatureEvaluation(
      Scope scope, Dataset gallery, Dataset queries, Transform transform, long seed) {
    this.scope = scope;
    this.gallery = gallery;
    this.queries = queries;
    this.transform = transform;
    this.seed = seed;
  }

  /** The accuracy of the normalized pixels themselves: the baseline. */
  public FeatureScore pixels(String name) {
    return score(name, Features.pixels(gallery, transform), Features.pixels(queries, transform));
  }

  /** The accuracy of a network whose input the transform prepares. */
  public FeatureScore network(String name, ViT network) {
    FeatureExtractor extractor =
        new FeatureExtractor(scope, network, InputAdapter.none(), transform, BATCH);
    return score(name, extractor.extract(gallery), extractor.extract(queries));
  }

  private FeatureScore score(String name, Features train, Features val) {
    double knn = KnnClassifier.standard().accuracy(scope.backend(), train, val);
    double probe = SoftmaxRegression.standard(seed).accuracy(scope.backend(), train, val);
    return new FeatureScore(name, 100 * knn, 100 * probe);
  }
}

package io.github.maskalign.eval;

import io.github.maskalign.data.ClassMatch;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.Transform;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.ViT;

/**
 * Evaluates frozen features by k-NN and by a linear classifier, both fitted to a labeled gallery
 * and scored on labeled queries, whose classes are matched with the gallery's by name.
 *
 * @param gallery images with labels to compare with and to train the classifier on
 * @param queries images with labels to classify
 * @param transform prepares an image for a network, without randomness
 * @param loading of both sets
 * @since 0.1.0
 */
public record FeatureEvaluation(
    Dataset gallery, Dataset queries, Transform transform, LoaderOptions loading) {

  private static final int BATCH = 100;

  /**
   * Labels the queries by the gallery's classes.
   *
   * @throws ArgumentException if the queries have a class that the gallery lacks
   */
  public FeatureEvaluation {
    queries = ClassMatch.of(queries, "the query set", gallery.classNames(), "the gallery").set();
  }

  /** An evaluation with {@link LoaderOptions#standard}. */
  public FeatureEvaluation(Dataset gallery, Dataset queries, Transform transform) {
    this(gallery, queries, transform, LoaderOptions.standard());
  }

  /** Both accuracies of the normalized pixels themselves: the baseline. */
  public FeatureScore pixels(String name, Backend backend, long seed) {
    return score(
        name,
        backend,
        Features.pixels(gallery, transform, loading),
        Features.pixels(queries, transform, loading),
        seed);
  }

  /**
   * Both accuracies of a network whose input the transform prepares.
   *
   * @param scope provides temporary memory
   * @param seed of the linear classifier's training
   */
  public FeatureScore network(String name, Scope scope, ViT network, long seed) {
    return network(name, scope, network, InputAdapter.none(), seed);
  }

  /**
   * Both accuracies of a network.
   *
   * @param scope provides temporary memory
   * @param adapter converts what the transform prepares to the network's input
   * @param seed of the linear classifier's training
   */
  public FeatureScore network(
      String name, Scope scope, ViT network, InputAdapter adapter, long seed) {
    FeatureExtractor extractor = extractor(scope, network, adapter);
    return score(
        name, scope.backend(), extractor.extract(gallery), extractor.extract(queries), seed);
  }

  /**
   * Top-1 accuracy in percent of k-NN with 20 neighbors.
   *
   * @param scope provides temporary memory
   * @param adapter converts what the transform prepares to the network's input
   */
  public double knn(Scope scope, ViT network, InputAdapter adapter) {
    FeatureExtractor extractor = extractor(scope, network, adapter);
    return 100
        * KnnClassifier.standard()
            .accuracy(scope.backend(), extractor.extract(gallery), extractor.extract(queries));
  }

  /**
   * Top-1 accuracy in percent of a linear classifier.
   *
   * @param scope provides temporary memory
   * @param seed of its training
   */
  public double linear(Scope scope, ViT network, long seed) {
    FeatureExtractor extractor = extractor(scope, network, InputAdapter.none());
    return 100
        * SoftmaxRegression.standard(seed)
            .accuracy(scope.backend(), extractor.extract(gallery), extractor.extract(queries));
  }

  private FeatureExtractor extractor(Scope scope, ViT network, InputAdapter adapter) {
    return new FeatureExtractor(scope, network, adapter, transform, BATCH).withLoading(loading);
  }

  private static FeatureScore score(
      String name, Backend backend, Features train, Features val, long seed) {
    double knn = KnnClassifier.standard().accuracy(backend, train, val);
    double probe = SoftmaxRegression.standard(seed).accuracy(backend, train, val);
    return new FeatureScore(name, 100 * knn, 100 * probe);
  }
}

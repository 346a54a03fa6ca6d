package io.github.maskalign.eval;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Scores of frozen features, in {@code scores.json}.
 *
 * @param features name of the network or baseline
 * @param knn k-NN accuracy in percent
 * @param probe accuracy in percent of a linear classifier on the features; null if not measured
 * @since 0.1.0
 */
public record FeatureScore(String features, double knn, @Nullable Double probe) {

  /** Requires a name. */
  public FeatureScore {
    Objects.requireNonNull(features);
  }
}

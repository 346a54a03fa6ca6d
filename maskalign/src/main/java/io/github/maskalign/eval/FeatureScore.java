package io.github.maskalign.eval;

import org.jspecify.annotations.Nullable;

/**
 * How well frozen features tell classes apart.
 *
 * @param features whose they are
 * @param knn per cent of pictures whose class the nearest labeled ones tell
 * @param probe the same by a linear classifier; null if that was not tried
 * @since 0.1.0
 */
public record FeatureScore(String features, double knn, @Nullable Double probe) {}

package io.github.maskalign.align.train;

import org.jspecify.annotations.Nullable;

/**
 * How well frozen features tell classes apart.
 *
 * @param features whose they are
 * @param knn per cent of pictures whose class the nearest labelled ones tell
 * @param probe the same by a linear classifier; null if that was not tried
 * @since 0.1.0
 */
public record FrozenScore(String features, double knn, @Nullable Double probe) {}

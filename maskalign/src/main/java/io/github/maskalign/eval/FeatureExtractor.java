package io.github.maskalign.eval;

import io.github.maskalign.data.Batch;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.Transform;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.TokenMerging;
import io.github.maskalign.vit.ViT;
import org.jspecify.annotations.Nullable;

/**
 * Extracts the features of pictures from a frozen network: {@code [2D]}, the class token and the
 * mean of the patch tokens after the final norm, concatenated; only the mean, {@code [D]}, without
 * a class token.
 *
 * @since 0.1.0
 */
public final class FeatureExtractor {

  private final Scope scope;
  private final ViT network;
  private final InputAdapter adapter;
  private final Transform transform;
  private final int batchSize;
  private final LoaderOptions loading;
  private final @Nullable TokenMerging merging;

  /**
   * Extracts features of pictures that the transform prepares; the scope provides temporary memory.
   */
  public FeatureExtractor(Scope scope, ViT network, Transform transform, int batchSize) {
    this(scope, network, InputAdapter.none(), transform, batchSize);
  }

  /** The same for a network whose input differs from what the transform prepares. */
  public FeatureExtractor(
      Scope scope, ViT network, InputAdapter adapter, Transform transform, int batchSize) {
    this(scope, network, adapter, transform, batchSize, LoaderOptions.standard(), null);
  }

  private FeatureExtractor(
      Scope scope,
      ViT network,
      InputAdapter adapter,
      Transform transform,
      int batchSize,
      LoaderOptions loading,
      @Nullable TokenMerging merging) {
    this.scope = scope;
    this.network = network;
    this.adapter = adapter;
    this.transform = transform;
    this.batchSize = batchSize;
    this.loading = loading;
    this.merging = merging;
  }

  /** The same with other options of loading, such as the handling of damaged pictures. */
  public FeatureExtractor withLoading(LoaderOptions options) {
    return new FeatureExtractor(scope, network, adapter, transform, batchSize, options, merging);
  }

  /**
   * The same with similar tokens merged: faster, with slightly other features ({@link
   * TokenMerging}).
   *
   * @param count tokens to merge in each block; 0 for none
   * @throws ArgumentException if so many cannot be merged
   * @throws ShapeException if the network does not support it
   */
  public FeatureExtractor withMerge(int count) {
    TokenMerging merged = count == 0 ? null : new TokenMerging(network, count);
    return new FeatureExtractor(scope, network, adapter, transform, batchSize, loading, merged);
  }

  /**
   * Features of all pictures of a labeled set, in its order; damaged ones are omitted.
   *
   * @throws StateException if the set has no labels
   */
  public Features extract(Dataset set) {
    try (DataLoader loader = loader(set)) {
      return Features.collect(loader, width(), set.size(), this::features);
    }
  }

  /** Number of features of a picture. */
  public int width() {
    int parts = network.config().tokens().classToken() ? 2 : 1;
    return parts * network.config().width();
  }

  /** Loads all pictures of a set in its order, without damaged ones, for {@link #features}. */
  public DataLoader loader(Dataset set) {
    return DataLoader.onePass(set, transform, batchSize, loading);
  }

  /** Features of a batch, [B, {@link #width}]. */
  public float[] features(Batch batch) {
    try (Scope inner = scope.child("features")) {
      Ops ops = inner.ops();
      Tensor images = adapter.adapt(ops, batch.images(ops));
      if (merging != null) {
        return merging.classAndMean(ops, merging.forward(ops, images)).toFloats();
      }
      Tensor tokens = network.normalized(ops, network.forward(ops, images));
      return Pooling.classAndMean(ops, network.config(), tokens).toFloats();
    }
  }
}

package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.OptionalDouble;

/**
 * What published attention layers differ in. Without a bias, the layer adds nothing: the bias is
 * neither trained nor saved.
 *
 * @param queryBias whether queries have a bias
 * @param keyBias whether keys have a bias
 * @param valueBias whether values have a bias
 * @param projectionBias whether the output projection has a bias
 * @param queryKeyNorm epsilon of the layer norms of queries and keys over each head; empty if they
 *     are not normalized
 * @since 0.1.0
 */
public record AttentionOptions(
    boolean queryBias,
    boolean keyBias,
    boolean valueBias,
    boolean projectionBias,
    OptionalDouble queryKeyNorm) {

  /** All biases and no norm of queries and keys, as in ViT. */
  public static final AttentionOptions DEFAULT =
      new AttentionOptions(true, true, true, true, OptionalDouble.empty());

  /** Validates epsilon. */
  public AttentionOptions {
    if (queryKeyNorm.isPresent() && !(queryKeyNorm.getAsDouble() >= 0)) {
      throw new ArgumentException(
          "attention: epsilon of the query-key norm must not be negative, got "
              + queryKeyNorm.getAsDouble());
    }
  }

  /** Returns these options with other biases of queries, keys and values. */
  public AttentionOptions withBias(boolean query, boolean key, boolean value) {
    return new AttentionOptions(query, key, value, projectionBias, queryKeyNorm);
  }

  /** Returns these options with or without a bias of the output projection. */
  public AttentionOptions withProjectionBias(boolean projection) {
    return new AttentionOptions(queryBias, keyBias, valueBias, projection, queryKeyNorm);
  }

  /** Returns these options with layer norms of queries and keys. */
  public AttentionOptions withQueryKeyNorm(double eps) {
    return new AttentionOptions(
        queryBias, keyBias, valueBias, projectionBias, OptionalDouble.of(eps));
  }
}

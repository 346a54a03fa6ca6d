package io.github.maskalign.tensor;

import org.jspecify.annotations.Nullable;

/**
 * The keys that a query of {@link Ops#attention} may attend to. A query that may attend to no key
 * has probabilities, output and gradient of zero. Keys and values that no query attends to must
 * still be finite.
 *
 * @param causal whether a token attends to itself and earlier tokens only
 * @param keys U8 [B, T]: 0 for tokens of each sample that no query attends to, such as padding, and
 *     1 for the others; null for all tokens
 * @since 0.1.0
 */
public record AttentionMask(boolean causal, @Nullable Tensor keys) {

  /** Every query attends to every key. */
  public static final AttentionMask NONE = new AttentionMask(false, null);

  /** A token attends to itself and earlier tokens. */
  public static final AttentionMask CAUSAL = new AttentionMask(true, null);

  /** A mask of padding: U8 [B, T], 1 for the tokens to attend to. */
  public static AttentionMask of(Tensor keys) {
    return new AttentionMask(false, keys);
  }

  /** Whether every query attends to every key. */
  public boolean isNone() {
    return !causal && keys == null;
  }

  /** The same mask with keys in other memory. */
  public AttentionMask withKeys(@Nullable Tensor other) {
    return new AttentionMask(causal, other);
  }
}

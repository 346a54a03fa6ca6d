package io.github.maskalign.tensor;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a query of {@link Ops#attention} may attend to, and what is added to their scores.
 * A query that may attend to no key has probabilities, output and gradient of zero. Keys and values
 * that no query attends to must still be finite.
 *
 * @param causal whether a token attends to itself and earlier tokens only
 * @param keys U8 [B, T]: 0 for tokens of each sample that no query attends to, such as padding, and
 *     1 for the others; null for all tokens
 * @param bias F32 [B, T]: added to the scaled score of each key, finite and without gradient; with
 *     {@code log s}, a key counts as {@code s} equal keys; null for none
 * @since 0.1.0
 */
public record AttentionMask(boolean causal, @Nullable Tensor keys, @Nullable Tensor bias) {

  /** Every query attends to every key. */
  public static final AttentionMask NONE = new AttentionMask(false, null);

  /** A token attends to itself and earlier tokens. */
  public static final AttentionMask CAUSAL = new AttentionMask(true, null);

  /** A mask without bias. */
  public AttentionMask(boolean causal, @Nullable Tensor keys) {
    this(causal, keys, null);
  }

  /** A mask of padding: U8 [B, T], 1 for the tokens to attend to. */
  public static AttentionMask of(Tensor keys) {
    return new AttentionMask(false, keys);
  }

  /** Every query attends to every key, with a bias F32 [B, T] of the scores of the keys. */
  public static AttentionMask biased(Tensor bias) {
    return new AttentionMask(false, null, bias);
  }

  /** Whether every query attends to every key, without bias. */
  public boolean isNone() {
    return !causal && keys == null && bias == null;
  }

  /** The tensors of the mask: those of keys and bias that are not null, in this order. */
  public List<Tensor> tensors() {
    return Stream.of(keys, bias).filter(Objects::nonNull).toList();
  }

  /** The same mask with its {@link #tensors} in other memory. */
  public AttentionMask withTensors(List<Tensor> others) {
    return new AttentionMask(
        causal, keys == null ? null : others.getFirst(), bias == null ? null : others.getLast());
  }
}

package io.github.maskalign.vit;

import io.github.maskalign.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of a forward pass; tokens are the prefix, then the visible patches. All tensors belong
 * to the scope of the operations that computed them.
 *
 * @param tokens [B, T, D], the last block's output before any final norm
 * @param levels [B, T, D] each, the requested block outputs in order; the last one is {@code
 *     tokens}
 * @param embedding [B, T, D], the first block's input, or null
 * @param importance [B, visible patches], of the requested kind, not renormalized after dropping
 *     the prefix; or null
 * @param attentions [B, heads, T, T] each, by block
 * @since 0.1.0
 */
public record ForwardResult(
    Tensor tokens,
    List<Tensor> levels,
    @Nullable Tensor embedding,
    @Nullable Tensor importance,
    Map<Integer, Tensor> attentions) {

  /** Copies the collections. */
  public ForwardResult {
    levels = List.copyOf(levels);
    attentions = Map.copyOf(attentions);
  }
}

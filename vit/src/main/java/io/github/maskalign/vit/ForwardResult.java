package io.github.maskalign.vit;

import io.github.maskalign.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a forward pass found; tokens are the prefix, then the patches looked at. All tensors belong
 * to the scope of the operations that made them.
 *
 * @param tokens [B, T, D], the last block's output before any final norm
 * @param levels [B, T, D] each, the outputs of the blocks asked for, in their order; the last one
 *     is {@code tokens}
 * @param embedding [B, T, D], the first block's input, or null
 * @param importance [B, patches looked at], of the kind asked for, not renormalized after leaving
 *     out the prefix; or null
 * @param attentions [B, heads, T, T] each, by block
 * @since 0.1.0
 */
public record ForwardResult(
    Tensor tokens,
    List<Tensor> levels,
    @Nullable Tensor embedding,
    @Nullable Tensor importance,
    Map<Integer, Tensor> attentions) {

  /** Keeps its own copies of the collections. */
  public ForwardResult {
    levels = List.copyOf(levels);
    attentions = Map.copyOf(attentions);
  }
}

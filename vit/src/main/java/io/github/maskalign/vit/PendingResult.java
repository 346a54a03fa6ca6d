package io.github.maskalign.vit;

import io.github.maskalign.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a forward pass in evaluation up to the last block. All tensors, and those of the
 * block, belong to the scope of the operations that computed them.
 *
 * @param levels [B, T, D] each, the requested block outputs before the last, in order
 * @param importance [B, N], of the requested kind; or null
 * @param last the last block
 * @since 0.1.0
 */
public record PendingResult(List<Tensor> levels, @Nullable Tensor importance, PendingBlock last) {

  /** Copies the list. */
  public PendingResult {
    levels = List.copyOf(levels);
  }
}

package io.github.maskalign.vit;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The importance of patches, [B, N], by the definitions of {@link Importance}. */
final class PatchImportance {

  private PatchImportance() {}

  /**
   * The importance of the patches.
   *
   * @param last the last block
   * @param output of the last block; null for kinds that do not follow it
   */
  static Tensor of(
      Eager ops, ViT network, Importance kind, PendingBlock last, @Nullable Tensor output) {
    int first = network.config().prefixTokens();
    int tokens = last.input().dim(1);
    try (Scope scope = ops.scope().child("importance")) {
      Eager eager = scope.eager();
      Tensor all =
          switch (kind) {
            case CLASS_ATTENTION -> eager.mean(last.probabilities(eager, 0, 1), false, 1, 2);
            case PROBE_ATTENTION -> probed(eager, network, Objects.requireNonNull(output));
            case MEAN_RECEIVED -> received(eager, last);
            case UNIFORM -> uniform(eager, last.input(), tokens - first);
          };
      boolean whole = all.dim(1) == tokens;
      return scope.keep(eager.copy(whole ? eager.slice(all, 1, first, tokens) : all));
    }
  }

  private static Tensor probed(Eager ops, ViT network, Tensor output) {
    return ops.mean(network.output().probeAttention(ops, output), false, 1, 2);
  }

  /** Image by image, since the complete attention maps of a batch are large. */
  private static Tensor received(Eager ops, PendingBlock last) {
    List<Tensor> means = new ArrayList<>();
    for (int i = 0; i < last.input().dim(0); i++) {
      try (Scope scope = ops.scope().child("image " + i)) {
        Tensor map = last.probabilities(scope.eager(), i);
        means.add(scope.keep(scope.eager().mean(map, false, 1, 2)));
      }
    }
    return ops.concat(means, 0);
  }

  private static Tensor uniform(Eager ops, Tensor input, int patches) {
    return ops.full(input.dtype(), Shape.of(input.dim(0), input.dim(1)), 1.0 / patches);
  }
}

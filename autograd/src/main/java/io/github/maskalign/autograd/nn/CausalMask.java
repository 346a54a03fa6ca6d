package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;

/**
 * qkv [B, T, 3D] -> [B, T, D]: attention in which a token attends to itself and earlier tokens, by
 * adding a large negative number to the logits of later ones. Composed of plain operations: texts
 * are short and rare, so a fused kernel would not pay.
 */
final class CausalMask {

  /** Its exponential is zero in any type; unlike infinity, it remains finite when scaled. */
  private static final float MASKED = -1e9f;

  private final Tensor table;

  private CausalMask(Tensor table) {
    this.table = table;
  }

  static CausalMask create(Parameters.Path path, int max) {
    float[] values = new float[Math.multiplyExact(max, max)];
    for (int query = 0; query < max; query++) {
      for (int key = query + 1; key < max; key++) {
        values[query * max + key] = MASKED;
      }
    }
    return new CausalMask(path.constant(values, max, max));
  }

  Tensor attention(Ops ops, Tensor packed, int heads, double scale) {
    return ops.within(
        "causal attention",
        inner -> {
          Tensor split = split(inner, packed, heads);
          Tensor seen = inner.matmul(probabilities(inner, split, scale), part(inner, split, 2));
          Tensor joined = inner.permute(seen, 0, 2, 1, 3);
          return inner.reshape(joined, packed.dim(0), packed.dim(1), packed.dim(2) / 3);
        });
  }

  /** [B, heads, T, T]. */
  Tensor probabilities(Ops ops, Tensor packed, int heads, double scale) {
    return probabilities(ops, split(ops, packed, heads), scale);
  }

  private Tensor probabilities(Ops ops, Tensor split, double scale) {
    Tensor keys = ops.transpose(part(ops, split, 1));
    Tensor logits = ops.affine(ops.matmul(part(ops, split, 0), keys), scale, 0);
    int tokens = split.dim(3);
    Tensor hidden = ops.slice(ops.slice(table, 0, 0, tokens), 1, 0, tokens);
    return ops.softmax(ops.add(logits, hidden));
  }

  /** [3, B, heads, T, D / heads]. */
  private static Tensor split(Ops ops, Tensor packed, int heads) {
    Tensor named = ops.reshape(packed, packed.dim(0), packed.dim(1), 3, heads, -1);
    return ops.permute(named, 2, 0, 3, 1, 4);
  }

  /** Queries, keys or values, [B, heads, T, D / heads]. */
  private static Tensor part(Ops ops, Tensor split, int which) {
    Tensor slice = ops.slice(split, 0, which, which + 1);
    return ops.reshape(slice, split.dim(1), split.dim(2), split.dim(3), split.dim(4));
  }
}

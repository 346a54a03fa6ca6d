package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import java.util.List;

/**
 * qkv [B, T, 3D] -> [B, T, 3D]: rotary position embedding, RoPE (Su et al., arXiv 2104.09864).
 * Within each head of queries and keys, the channels i of the first and of the second half form a
 * vector in the plane, which is rotated by the angle of the token's position: {@code x cos +
 * swap(x) sin}, where swap exchanges the halves and the sine of the first half is negative. Values
 * are not rotated: their cosine is 1 and their sine 0.
 *
 * @param cos [1 or B, T, 3D]
 * @param sin [1 or B, T, 3D], negative for the first half of each head
 * @since 0.1.0
 */
public record RotaryEmbedding(Tensor cos, Tensor sin) {

  /** Selects the embedding of one sample. */
  public RotaryEmbedding sample(Ops ops, int index) {
    return cos.dim(0) == 1
        ? this
        : new RotaryEmbedding(
            ops.slice(cos, 0, index, index + 1), ops.slice(sin, 0, index, index + 1));
  }

  /** Rotates queries and keys. */
  Tensor rotate(Ops ops, Tensor qkv, int heads) {
    return ops.within(
        "rotary",
        inner -> {
          int[] dims = qkv.shape().dims();
          Tensor halves = inner.reshape(qkv, dims[0], dims[1], 3 * heads, 2, -1);
          Tensor first = inner.slice(halves, 3, 0, 1);
          Tensor second = inner.slice(halves, 3, 1, 2);
          Tensor swapped = inner.reshape(inner.concat(List.of(second, first), 3), dims);
          return inner.add(inner.mul(qkv, cos), inner.mul(swapped, sin));
        });
  }
}

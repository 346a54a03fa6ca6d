package io.github.maskalign.autograd;

import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An entry of a tape: the operands and the result {@code y} of one operation. */
sealed interface Operation {

  /** The result. */
  Tensor y();

  /**
   * An operation whose cost is negligible beside the products around it and whose inputs its own
   * derivative saves anyway: where other derivatives read its result, the tape frees the result and
   * recomputes it in the backward pass.
   */
  interface Recomputable {

    /**
     * Computes the result again.
     *
     * @param values maps an operand to its value, which may itself be recomputed
     */
    Tensor recompute(Eager ops, UnaryOperator<Tensor> values);
  }

  record Unary(UnaryOp op, Tensor x, Tensor y) implements Operation {}

  record Affine(Tensor x, double scale, Tensor y) implements Operation {}

  record Binary(BinaryOp op, Tensor a, Tensor b, Tensor y) implements Operation {}

  record Gelu(Tensor x, io.github.maskalign.tensor.op.Gelu kind, Tensor y)
      implements Operation, Recomputable {
    @Override
    public Tensor recompute(Eager ops, UnaryOperator<Tensor> values) {
      return ops.gelu(values.apply(x), kind);
    }
  }

  record Sum(Tensor x, int[] keptDims, Tensor y) implements Operation {}

  record Max(Tensor x, int[] keptDims, Tensor y) implements Operation {}

  record MatMul(Tensor a, Tensor b, Tensor y) implements Operation {}

  record Linear(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y) implements Operation {}

  record Reshape(Tensor x, Tensor y) implements Operation {}

  record Permute(Tensor x, int[] axes, Tensor y) implements Operation {}

  record Slice(Tensor x, int axis, int from, Tensor y) implements Operation {}

  record Broadcast(Tensor x, Tensor y) implements Operation {}

  record Concat(List<Tensor> xs, int axis, Tensor y) implements Operation {}

  record Cast(Tensor x, Tensor y) implements Operation {}

  record GatherTokens(Tensor x, Tensor ids, Tensor y) implements Operation {}

  record Embedding(Tensor table, Tensor ids, Tensor y) implements Operation {}

  record Softmax(Tensor x, Tensor y) implements Operation {}

  record LogSoftmax(Tensor x, Tensor y) implements Operation {}

  record LayerNorm(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps, Tensor y)
      implements Operation, Recomputable {
    @Override
    public Tensor recompute(Eager ops, UnaryOperator<Tensor> values) {
      return gamma == null
          ? ops.layerNorm(values.apply(x), null, null, eps)
          : ops.layerNorm(values.apply(x), values.apply(gamma), values.apply(beta), eps);
    }
  }

  record Attention(Tensor qkv, int heads, double scale, AttentionMask mask, Tensor y)
      implements Operation {}

  record WeightedSum(List<Tensor> xs, Tensor weights, Tensor y) implements Operation {}

  record SmoothL1(Tensor prediction, Tensor target, double beta, Tensor y) implements Operation {}

  record CrossEntropy(Tensor logits, Tensor targets, Tensor y) implements Operation {}

  /**
   * A body that runs again in the backward pass; recorded only if its result depends on a watched
   * tensor.
   */
  record Recomputed(String name, Tensor x, BiFunction<Ops, Tensor, Tensor> body, Tensor y)
      implements Operation {}
}

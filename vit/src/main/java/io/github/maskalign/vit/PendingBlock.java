package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.RotaryEmbedding;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A block whose input is known, and whose output is computed for the tokens that are asked for: the
 * same bits as among all tokens, for less work. Queries, keys and values of all tokens are computed
 * once, for any number of calls.
 *
 * @since 0.1.0
 */
public final class PendingBlock {

  private final Block block;
  private final Tensor input;
  private final Tensor packed;

  /**
   * A block of a network.
   *
   * @param ops whose scope owns the queries, keys and values
   * @param input [B, T, D], which must live as long as this
   */
  PendingBlock(Eager ops, Block block, Tensor input, @Nullable RotaryEmbedding rotation) {
    this.block = block;
    this.input = input;
    this.packed = ops.within("qkv", inner -> block.packed(inner, input, rotation));
  }

  /** [B, T, D]: the output of all tokens. */
  public Tensor all(Eager ops) {
    Tensor middle =
        ops.within("attention", inner -> block.attend(inner, input, packed, AttentionMask.NONE));
    return transformed(ops, middle);
  }

  /**
   * tokens [B, K] of I32 or I64 -> [B, K, D]: the output of some tokens of each image, by their
   * numbers, of which the prefix has the first.
   */
  public Tensor at(Eager ops, Tensor tokens) {
    return some(ops, (inner, x) -> inner.gatherTokens(x, tokens));
  }

  /**
   * [B, count, D]: the output of the first tokens, such as the class token.
   *
   * @throws io.github.maskalign.tensor.error.ShapeException if there are fewer
   */
  public Tensor leading(Eager ops, int count) {
    return some(ops, (inner, x) -> inner.slice(x, 1, 0, count));
  }

  private Tensor some(Eager ops, BiFunction<Eager, Tensor, Tensor> choice) {
    Tensor middle =
        ops.within(
            "attention",
            inner -> {
              Eager eager = inner.scope().eager();
              Tensor queries = choice.apply(eager, eager.slice(packed, 2, 0, input.dim(2)));
              return block.attend(eager, choice.apply(eager, input), queries, packed);
            });
    return transformed(ops, middle);
  }

  private Tensor transformed(Eager ops, Tensor middle) {
    Tensor output = ops.within("mlp", inner -> block.transform(inner, middle));
    ops.discard(middle);
    return output;
  }

  /** Attention probabilities [B, heads, to - from, T] of queries {@code from <= q < to}. */
  Tensor probabilities(Eager ops, int from, int to) {
    return block.probabilities(ops, packed, from, to);
  }

  /** Those of all queries of one image, [1, heads, T, T]. */
  Tensor probabilities(Eager ops, int image) {
    return block.probabilities(ops, ops.slice(packed, 0, image, image + 1), 0, packed.dim(1));
  }

  /** [B, T, D]. */
  Tensor input() {
    return input;
  }

  /** Frees queries, keys and values, after which this cannot be used. */
  void discard(Ops ops) {
    ops.discard(packed);
  }
}

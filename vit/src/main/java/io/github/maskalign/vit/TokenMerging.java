package io.github.maskalign.vit;

import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.Arrays;
import java.util.List;

/**
 * images [B, C, H, W] -> tokens [B, T', D]: a network that merges similar tokens on the way, in
 * evaluation (Bolya et al., Token Merging, ICLR 2023, arXiv 2210.09461): fewer tokens, less work,
 * and nearly the same features, without training.
 *
 * <p>In each block, between attention and MLP, up to r tokens are merged into the tokens that they
 * are most similar to, by the cosine of their keys, averaged over the heads. The value of a merged
 * token is the mean over the patches that it stands for. Attention counts a token that stands for s
 * patches s times: {@code softmax(Q K^T / sqrt(d) + log s)}. Class, distillation and register
 * tokens are never merged.
 *
 * <p>The tokens after the prefix are alternately a source, with the first, and a target. Each
 * source has an edge to its most similar target, of equal ones the first; the r edges of greatest
 * similarity are merged, of equal ones those of the first sources. After the block, tokens are in
 * this order: the prefix, the sources that were not merged, the targets, each in the order that
 * they had.
 *
 * <p>The result does not depend on the number of threads or on the other images of a batch. Another
 * backend may merge other tokens where two similarities differ by no more than rounding.
 *
 * @since 0.1.0
 */
public final class TokenMerging {

  /** The least length of a sum of keys that its cosine is computed with. */
  private static final double MIN_LENGTH = 1e-12;

  private final ViT network;
  private final int count;
  private final float[] logarithms;

  /**
   * A network that merges tokens.
   *
   * @param count tokens to merge in each block, r; blocks with fewer than 2 r patches left merge
   *     half of them. 0 merges none, with the bits of the network
   * @throws ArgumentException if it is negative or more than half of the patches
   * @throws ShapeException if the network has rotary positions, which merged tokens lack
   */
  public TokenMerging(ViT network, int count) {
    ViTConfig config = network.config();
    int most = TokenMatching.targets(config.patches());
    if (count < 0 || count > most) {
      throw new ArgumentException(
          "token merging: merge must be 0 to %d, half of the %d patches, got %d"
              .formatted(most, config.patches(), count));
    }
    if (config.tokens().positions() == PositionEmbedding.ROTARY) {
      throw new ShapeException(
          "token merging: requires positions that are added once, as a table; this network rotates"
              + " by position in every block, and a merged token has several; use it without merging");
    }
    this.network = network;
    this.count = count;
    this.logarithms = new float[config.patches() + 1];
    for (int size = 1; size < logarithms.length; size++) {
      logarithms[size] = (float) StrictMath.log(size);
    }
  }

  /**
   * Tokens of images.
   *
   * @param tokens [B, T', D], before the final norm: the prefix, then merged and other tokens
   * @param sizes [B, T'], of the same type: the number of patches that each token stands for, 1 for
   *     the prefix; those after the prefix add up to the patches of the image
   */
  public record Merged(Tensor tokens, Tensor sizes) {}

  /** The configuration of the network. */
  public ViTConfig config() {
    return network.config();
  }

  /**
   * Checks that merged tokens can be pooled.
   *
   * @throws ShapeException if a maximum, learned queries or all patches are wanted
   */
  public void require(Pooling pooling) {
    pooling.requireMerged();
  }

  /**
   * Runs all blocks.
   *
   * @throws ShapeException if the images do not fit the network
   */
  public Merged forward(Ops ops, Tensor images) {
    return forward(ops, images, config().depth() - 1);
  }

  /**
   * Runs the blocks up to one, counted from 0.
   *
   * @throws ShapeException if the images do not fit the network
   */
  public Merged forward(Ops ops, Tensor images, int last) {
    if (!(ops instanceof Eager eager)) {
      throw new ArgumentException(
          "token merging: is for inference and is not differentiable; train without it");
    }
    Tensor x = network.embedded(eager, images);
    float[] sizes = new float[x.dim(0) * x.dim(1)];
    Arrays.fill(sizes, 1);
    for (int i = 0; i <= last; i++) {
      Block block = network.blocks().get(i);
      Step step = attend(eager, block, x, sizes);
      eager.discard(x);
      x = eager.within("block " + i, o -> block.transform(o, step.x));
      eager.discard(step.x);
      sizes = step.sizes;
    }
    Tensor each = eager.of(sizes, x.dim(0), x.dim(1));
    return new Merged(x, x.dtype() == each.dtype() ? each : eager.cast(each, x.dtype()));
  }

  /** The first half of a block, and the sizes of its tokens [B, T']. */
  private record Step(Tensor x, float[] sizes) {}

  private Step attend(Eager ops, Block block, Tensor x, float[] sizes) {
    int patches = x.dim(1) - config().prefixTokens();
    int merged = Math.min(count, TokenMatching.targets(patches));
    try (Scope scope = ops.scope().child("merging")) {
      Eager o = scope.eager();
      Tensor qkv = block.packed(o, x, null);
      Tensor y = block.attend(o, x, qkv, mask(o, sizes, x.dim(0), x.dim(1)));
      if (merged == 0) {
        return new Step(scope.keep(y), sizes);
      }
      float[] similarity = similarity(o, qkv).toFloats();
      TokenMatching matching =
          TokenMatching.of(similarity, sizes, x.dim(0), config().prefixTokens(), merged);
      return new Step(scope.keep(merged(o, y, matching, merged)), matching.sizes());
    }
  }

  /** Attention in proportion to size; none while all tokens are patches. */
  private AttentionMask mask(Eager ops, float[] sizes, int batch, int tokens) {
    if (tokens == config().patches() + config().prefixTokens()) {
      return AttentionMask.NONE;
    }
    float[] bias = new float[sizes.length];
    for (int i = 0; i < bias.length; i++) {
      bias[i] = logarithms[(int) sizes[i]];
    }
    return AttentionMask.biased(ops.of(bias, batch, tokens));
  }

  /** qkv [B, T, 3D] -> cosines of the keys [B, sources, targets]. */
  private Tensor similarity(Eager ops, Tensor qkv) {
    Tensor keys = keys(ops, ops.slice(qkv, 1, config().prefixTokens(), qkv.dim(1)));
    Tensor squares = ops.sum(ops.unary(UnaryOp.SQUARE, keys), true, 2);
    Tensor length = ops.unary(UnaryOp.SQRT, squares);
    Tensor least = ops.full(length.dtype(), Shape.of(), MIN_LENGTH);
    Tensor unit = ops.div(keys, ops.binary(BinaryOp.MAX, length, least));
    Tensor sources = every(ops, unit, 0, TokenMatching.sources(unit.dim(1)));
    Tensor targets = every(ops, unit, 1, TokenMatching.targets(unit.dim(1)));
    return ops.matmul(sources, ops.transpose(targets));
  }

  /** qkv [B, T, 3D] -> [B, T, d]: the sum of the keys of the heads; its cosines are the mean's. */
  private Tensor keys(Eager ops, Tensor qkv) {
    int width = config().width();
    int length = width / config().heads();
    Tensor sum = ops.slice(qkv, 2, width, width + length);
    for (int at = width + length; at < 2 * width; at += length) {
      sum = ops.add(sum, ops.slice(qkv, 2, at, at + length));
    }
    return sum;
  }

  /** Every second token of x [B, T, d] from one on. */
  private static Tensor every(Eager ops, Tensor x, int from, int tokens) {
    int[] ids = new int[x.dim(0) * tokens];
    Arrays.setAll(ids, i -> from + 2 * (i % tokens));
    return ops.gatherTokens(x, ops.of(ids, x.dim(0), tokens));
  }

  private static Tensor merged(Eager ops, Tensor x, TokenMatching matching, int merged) {
    int batch = x.dim(0);
    int tokens = x.dim(1);
    Tensor weights = ops.of(matching.weights(), batch, tokens, 1);
    Tensor own = x.dtype() == weights.dtype() ? weights : ops.cast(weights, x.dtype());
    Tensor ids = ops.of(matching.ids(), batch, tokens);
    return ops.scatterTokens(ops.mul(x, own), ids, tokens - merged);
  }

  // ---- outputs ----

  /**
   * [B, P]: the final norm, the pooling and the pooler of the configuration; means count a token as
   * the patches that it stands for, as attention does.
   *
   * @throws ShapeException if merged tokens cannot be pooled so
   */
  public Tensor pooled(Ops ops, Merged merged) {
    return ops.within("pool", o -> network.output().pooledBySize(o, merged.tokens, merged.sizes));
  }

  /**
   * [B, D]: the final norm and another pooling, without pooler.
   *
   * @throws ShapeException if merged tokens cannot be pooled so
   */
  public Tensor pooled(Ops ops, Merged merged, Pooling pooling) {
    return ops.within(
        "pool", o -> network.output().pooledBySize(o, merged.tokens, merged.sizes, pooling));
  }

  /**
   * [B, 2 D]: of the tokens after the final norm, the class token, then the mean of the patches;
   * [B, D], the mean alone, without class token.
   */
  public Tensor classAndMean(Ops ops, Merged merged) {
    Tensor tokens = network.normalized(ops, merged.tokens);
    return Pooling.classAndMean(ops, config(), tokens, merged.sizes);
  }

  /** images [B, C, H, W] -> [B, P]: all blocks, pooled as {@link #pooled(Ops, Merged)} does. */
  public Tensor features(Ops ops, Tensor images) {
    Merged merged = forward(ops, images);
    Tensor pooled = pooled(ops, merged);
    List.of(merged.tokens, merged.sizes).forEach(ops::discard);
    return pooled;
  }
}

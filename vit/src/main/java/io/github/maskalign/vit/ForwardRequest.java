package io.github.maskalign.vit;

import io.github.maskalign.tensor.Tensor;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a forward pass shall look at and return. {@code ForwardRequest.plain()} wants all patches
 * and the last tokens; each {@code with} asks for more.
 *
 * @param keep ids of the patches to look at, [B, K] of I32 or I64, in the order wanted; all if null
 * @param lastLevels how many block outputs to return, counted from the last
 * @param embedding whether to return the first block's input
 * @param stochasticDepth none in evaluation
 * @param importanceBlock block whose class token's attention to the patches is wanted, or -1
 * @param attentionBlocks blocks whose complete attention maps are wanted
 * @param recompute whether a tape keeps the blocks' inputs alone and runs each again on its
 *     backward pass: the same bits from less memory, for the time of a second forward pass
 */
public record ForwardRequest(
    @Nullable Tensor keep,
    int lastLevels,
    boolean embedding,
    @Nullable StochasticDepth stochasticDepth,
    int importanceBlock,
    Set<Integer> attentionBlocks,
    boolean recompute) {

  private static final ForwardRequest PLAIN =
      new ForwardRequest(null, 0, false, null, -1, Set.of(), false);

  /** Keeps its own copy of the set. */
  public ForwardRequest {
    attentionBlocks = Set.copyOf(attentionBlocks);
  }

  /** All patches, evaluation, nothing but the last tokens. */
  public static ForwardRequest plain() {
    return PLAIN;
  }

  /** Looks at these patches only. */
  public ForwardRequest withKeep(@Nullable Tensor ids) {
    return new ForwardRequest(
        ids, lastLevels, embedding, stochasticDepth, importanceBlock, attentionBlocks, recompute);
  }

  /** Returns the outputs of all blocks. */
  public ForwardRequest withAllLevels() {
    return withLastLevels(Integer.MAX_VALUE);
  }

  /** Returns the outputs of the last {@code count} blocks. */
  public ForwardRequest withLastLevels(int count) {
    return new ForwardRequest(
        keep, count, embedding, stochasticDepth, importanceBlock, attentionBlocks, recompute);
  }

  /** Returns the first block's input. */
  public ForwardRequest withEmbedding() {
    return new ForwardRequest(
        keep, lastLevels, true, stochasticDepth, importanceBlock, attentionBlocks, recompute);
  }

  /** Drops branches at random, as in training. */
  public ForwardRequest withStochasticDepth(@Nullable StochasticDepth depth) {
    return new ForwardRequest(
        keep, lastLevels, embedding, depth, importanceBlock, attentionBlocks, recompute);
  }

  /** Returns the attention from the class token to each patch in a block, counted from 0. */
  public ForwardRequest withImportance(int block) {
    return new ForwardRequest(
        keep, lastLevels, embedding, stochasticDepth, block, attentionBlocks, recompute);
  }

  /** Returns the complete attention maps of blocks, counted from 0. */
  public ForwardRequest withAttentions(Set<Integer> blocks) {
    return new ForwardRequest(
        keep, lastLevels, embedding, stochasticDepth, importanceBlock, blocks, recompute);
  }

  /** Runs each block again on a tape's backward pass instead of keeping what it made. */
  public ForwardRequest withRecompute(boolean again) {
    return new ForwardRequest(
        keep, lastLevels, embedding, stochasticDepth, importanceBlock, attentionBlocks, again);
  }
}

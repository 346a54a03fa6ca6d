package io.github.maskalign.vit;

import io.github.maskalign.tensor.Tensor;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a forward pass processes and returns. {@code ForwardRequest.plain()} processes all patches
 * and returns the last tokens; each {@code with} method asks for more.
 *
 * @param keep ids of the visible patches, [B, K] of I32 or I64, in the order of the result; all
 *     patches if null
 * @param maskToken replaces masked patches among the visible ones; none if null
 * @param lastLevels number of block outputs to return, counted from the last block
 * @param embedding whether to return the first block's input
 * @param stochasticDepth for training; null in evaluation
 * @param importance the importance of patches to return; none if null
 * @param attentionBlocks blocks whose complete attention maps are returned
 * @param recompute whether blocks are recomputed in the backward pass (activation checkpointing):
 *     the same bits with less memory, at the cost of a second forward pass
 * @since 0.1.0
 */
public record ForwardRequest(
    @Nullable Tensor keep,
    @Nullable MaskToken maskToken,
    int lastLevels,
    boolean embedding,
    @Nullable StochasticDepth stochasticDepth,
    @Nullable Importance importance,
    Set<Integer> attentionBlocks,
    boolean recompute) {

  private static final ForwardRequest PLAIN =
      new ForwardRequest(null, null, 0, false, null, null, Set.of(), false);

  /**
   * A mask token and the patches that it replaces.
   *
   * @param token [1, 1, D], added to the position of the patch
   * @param ids [B, N] of I32 or I64: N for a masked patch, else the patch's own index
   */
  public record MaskToken(Tensor token, Tensor ids) {}

  /** Copies the set. */
  public ForwardRequest {
    attentionBlocks = Set.copyOf(attentionBlocks);
  }

  /** All patches in evaluation, returning the last tokens only. */
  public static ForwardRequest plain() {
    return PLAIN;
  }

  /** Processes only these patches. */
  public ForwardRequest withKeep(@Nullable Tensor ids) {
    return new ForwardRequest(
        ids,
        maskToken,
        lastLevels,
        embedding,
        stochasticDepth,
        importance,
        attentionBlocks,
        recompute);
  }

  /** Processes all patches, but with a mask token where ids [B, N] are N. */
  public ForwardRequest withMaskToken(Tensor token, Tensor ids) {
    return new ForwardRequest(
        keep,
        new MaskToken(token, ids),
        lastLevels,
        embedding,
        stochasticDepth,
        importance,
        attentionBlocks,
        recompute);
  }

  /** Returns the outputs of all blocks. */
  public ForwardRequest withAllLevels() {
    return withLastLevels(Integer.MAX_VALUE);
  }

  /** Returns the outputs of the last {@code count} blocks. */
  public ForwardRequest withLastLevels(int count) {
    return new ForwardRequest(
        keep, maskToken, count, embedding, stochasticDepth, importance, attentionBlocks, recompute);
  }

  /** Returns the first block's input. */
  public ForwardRequest withEmbedding() {
    return new ForwardRequest(
        keep, maskToken, lastLevels, true, stochasticDepth, importance, attentionBlocks, recompute);
  }

  /** Applies stochastic depth, as in training; null for none. */
  public ForwardRequest withStochasticDepth(@Nullable StochasticDepth depth) {
    return new ForwardRequest(
        keep, maskToken, lastLevels, embedding, depth, importance, attentionBlocks, recompute);
  }

  /** Returns the importance of each patch. */
  public ForwardRequest withImportance(@Nullable Importance kind) {
    return new ForwardRequest(
        keep, maskToken, lastLevels, embedding, stochasticDepth, kind, attentionBlocks, recompute);
  }

  /** Returns the complete attention maps of blocks, counted from 0. */
  public ForwardRequest withAttentions(Set<Integer> blocks) {
    return new ForwardRequest(
        keep, maskToken, lastLevels, embedding, stochasticDepth, importance, blocks, recompute);
  }

  /** Recomputes each block in the backward pass instead of keeping its activations. */
  public ForwardRequest withRecompute(boolean again) {
    return new ForwardRequest(
        keep,
        maskToken,
        lastLevels,
        embedding,
        stochasticDepth,
        importance,
        attentionBlocks,
        again);
  }
}

package io.github.maskalign.vit;

import io.github.maskalign.tensor.Tensor;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a forward pass shall look at and return. {@code ForwardRequest.plain()} wants all patches
 * and the last tokens; each {@code with} asks for more.
 *
 * @param keep ids of the patches to look at, [B, K] of I32 or I64, in the order wanted; all if null
 * @param maskToken stands in for patches that the network shall not see, among those it looks at;
 *     none if null
 * @param lastLevels how many block outputs to return, counted from the last
 * @param embedding whether to return the first block's input
 * @param stochasticDepth none in evaluation
 * @param importance which importance of the patches is wanted; none if null
 * @param attentionBlocks blocks whose complete attention maps are wanted
 * @param recompute whether a tape keeps the blocks' inputs alone and runs each again on its
 *     backward pass: the same bits from less memory, for the time of a second forward pass
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
   * A token in place of patches.
   *
   * @param token [1, 1, D], added to the position of the patch
   * @param ids [B, N] of I32 or I64: N for a patch that it stands in for, else the patch's own
   *     number
   */
  public record MaskToken(Tensor token, Tensor ids) {}

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
        ids,
        maskToken,
        lastLevels,
        embedding,
        stochasticDepth,
        importance,
        attentionBlocks,
        recompute);
  }

  /** Looks at all places, but sees a token where ids [B, N] are N. */
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

  /** Drops branches at random, as in training. */
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

  /** Runs each block again on a tape's backward pass instead of keeping what it made. */
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

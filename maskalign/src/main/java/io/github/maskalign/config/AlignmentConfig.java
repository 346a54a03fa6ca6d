package io.github.maskalign.config;

import io.github.maskalign.tensor.error.ArgumentException;

/**
 * Configuration of MaskAlign (arXiv 2211.08887), one field per option.
 *
 * @param mask draws the patches that the student sees
 * @param maskRatio share of the patches that are masked, in [0, 1)
 * @param fusion how student levels are mixed
 * @param head maps them to the teacher's width
 * @param order whether to mix or to adapt first
 * @param targetNorm how the teacher's features are normalized
 * @param loss distance of prediction and target
 * @param levelWeights weight of each level in the loss
 * @since 0.1.0
 */
public record AlignmentConfig(
    MaskStrategy mask,
    double maskRatio,
    Fusion fusion,
    HeadKind head,
    AlignmentOrder order,
    TargetNorm targetNorm,
    FeatureLoss loss,
    LevelWeights levelWeights) {

  /** Checks the ratio. */
  public AlignmentConfig {
    if (!(maskRatio >= 0 && maskRatio < 1)) {
      throw new ArgumentException("mask ratio: must be at least 0 and below 1, got " + maskRatio);
    }
  }

  /** The recipe of the released weights. */
  public static AlignmentConfig released() {
    return new AlignmentConfig(
        MaskKind.ATTENTIVE,
        0.7,
        Fusion.LINEAR,
        HeadKind.LINEAR,
        AlignmentOrder.MIX_THEN_ADAPT,
        TargetNorm.WHITEN,
        LossKind.SMOOTH_L1,
        new LevelWeights.Top(5));
  }

  /**
   * Number of patches that the student sees: {@code trunc(patches * (1 - ratio))} in double
   * arithmetic, so 58 of 196 at 0.7. It can be 0, which {@link #plan} rejects.
   */
  public static int keptPatches(int patches, double ratio) {
    return (int) (patches * (1 - ratio));
  }

  /**
   * Applies this configuration to two networks.
   *
   * @throws io.github.maskalign.tensor.error.ShapeException if it does not fit them, with the
   *     reason
   */
  public AlignmentPlan plan(Dimensions student, Dimensions teacher) {
    return AlignmentPlan.of(this, student, teacher);
  }

  /** With another masking strategy and ratio. */
  public AlignmentConfig withMask(MaskStrategy newMask, double newRatio) {
    return new AlignmentConfig(
        newMask, newRatio, fusion, head, order, targetNorm, loss, levelWeights);
  }

  /** With another fusion. */
  public AlignmentConfig withFusion(Fusion newFusion) {
    return new AlignmentConfig(
        mask, maskRatio, newFusion, head, order, targetNorm, loss, levelWeights);
  }

  /** With other heads. */
  public AlignmentConfig withHead(HeadKind newHead) {
    return new AlignmentConfig(
        mask, maskRatio, fusion, newHead, order, targetNorm, loss, levelWeights);
  }

  /** With the other order. */
  public AlignmentConfig withOrder(AlignmentOrder newOrder) {
    return new AlignmentConfig(
        mask, maskRatio, fusion, head, newOrder, targetNorm, loss, levelWeights);
  }

  /** With another normalization of the targets. */
  public AlignmentConfig withTargetNorm(TargetNorm newNorm) {
    return new AlignmentConfig(mask, maskRatio, fusion, head, order, newNorm, loss, levelWeights);
  }

  /** With another loss. */
  public AlignmentConfig withLoss(FeatureLoss newLoss) {
    return new AlignmentConfig(
        mask, maskRatio, fusion, head, order, targetNorm, newLoss, levelWeights);
  }

  /** With other weights of the levels. */
  public AlignmentConfig withLevelWeights(LevelWeights newWeights) {
    return new AlignmentConfig(mask, maskRatio, fusion, head, order, targetNorm, loss, newWeights);
  }
}

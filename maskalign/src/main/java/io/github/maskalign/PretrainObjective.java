package io.github.maskalign;

import io.github.maskalign.config.MaskStrategy;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.StochasticDepth;
import io.github.maskalign.vit.ViT;
import org.jspecify.annotations.Nullable;

/**
 * The objective of pre-training: the loss of a student that sees some of the patches. {@link
 * MaskAlign} is one; the baselines are others.
 *
 * @since 0.1.0
 */
public interface PretrainObjective {

  /** The network that is trained. */
  ViT student();

  /** The masking strategy. */
  MaskStrategy mask();

  /** Number of visible patches of an image, K. */
  int keptPatches();

  /**
   * The loss of a batch.
   *
   * @param images [B, C, H, W]
   * @param targets targets of the images; ignored by an objective without a teacher
   * @param visible patch numbers [B, K]
   * @param depth stochastic depth; none if null
   */
  AlignmentLoss loss(
      Ops ops, Tensor images, Targets targets, int[] visible, @Nullable StochasticDepth depth);

  /**
   * Draws the patches that the student sees.
   *
   * @param samples the sample number of each image
   * @return patch numbers [B, K] in the order drawn
   */
  default int[] visible(Masking masking, Targets targets, long step, long[] samples) {
    int patches = student().config().patches();
    return masking.draw(targets.importance(), patches, keptPatches(), step, samples);
  }
}

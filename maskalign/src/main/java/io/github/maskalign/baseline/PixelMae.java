package io.github.maskalign.baseline;

import io.github.maskalign.AlignmentLoss;
import io.github.maskalign.PretrainObjective;
import io.github.maskalign.Targets;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.config.MaskStrategy;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.PatchEmbed;
import io.github.maskalign.vit.StochasticDepth;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The masked autoencoder (He et al., arXiv 2111.06377): the student sees random patches, and a
 * decoder predicts the pixels of the others, each patch normalized by its own mean and variance.
 * The loss is the mean squared error. There is no teacher.
 *
 * @since 0.1.0
 */
public final class PixelMae implements PretrainObjective {

  private static final double PATCH_EPS = 1e-6;

  private final ViT student;
  private final Decoder decoder;
  private final Linear pixels;
  private final int kept;

  private PixelMae(ViT student, Decoder decoder, Linear pixels, int kept) {
    this.student = student;
    this.decoder = decoder;
    this.pixels = pixels;
    this.kept = kept;
  }

  /**
   * Creates a student, a decoder and their parameters.
   *
   * @param maskRatio share of the patches that are masked; 0.75 as published
   * @throws io.github.maskalign.tensor.error.ShapeException if no patch would be visible or none
   *     hidden
   */
  public static PixelMae create(
      Parameters.Path path, ViTConfig config, DecoderConfig size, double maskRatio) {
    int kept = Reconstruction.kept(config, maskRatio);
    return new PixelMae(
        ViT.create(path, config),
        Decoder.create(path, config, size),
        Linear.create(path.at("decoder_pred"), size.width(), config.patchValues()),
        kept);
  }

  @Override
  public ViT student() {
    return student;
  }

  @Override
  public MaskStrategy mask() {
    return MaskKind.RANDOM;
  }

  @Override
  public int keptPatches() {
    return kept;
  }

  @Override
  public AlignmentLoss loss(
      Ops ops, Tensor images, Targets targets, int[] visible, @Nullable StochasticDepth depth) {
    MaskedPatches masked = MaskedPatches.of(images.dim(0), student.config().patches(), visible);
    ForwardRequest request =
        ForwardRequest.plain().withKeep(masked.visibleIds(ops)).withStochasticDepth(depth);
    Tensor encoded = student.normalized(ops, student.forward(ops, images, request).tokens());
    Tensor predicted = pixels.forward(ops, decoder.forward(ops, encoded, masked));
    // Outside any tape: the pixels have no gradient.
    Tensor target = target(ops.scope().eager(), images, masked);
    Tensor loss = AlignmentLoss.distance(ops, LossKind.L2, predicted, target);
    AlignmentLoss.free(ops, List.of(predicted), List.of(target));
    return new AlignmentLoss(loss, List.of(loss));
  }

  /** The hidden patches' pixels, normalized patch by patch with the unbiased variance. */
  private Tensor target(Ops ops, Tensor images, MaskedPatches masked) {
    return ops.within(
        "pixels",
        inner -> {
          Tensor patches = PatchEmbed.patchify(inner, images, student.config().patchSize());
          Tensor hidden = masked.hiddenRows(inner, patches);
          double share = 1 - 1.0 / hidden.dim(2);
          Tensor unit = inner.layerNorm(hidden, null, null, PATCH_EPS * share);
          return inner.affine(unit, Math.sqrt(share), 0);
        });
  }
}

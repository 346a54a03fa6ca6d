package io.github.maskalign.baseline;

import io.github.maskalign.AlignmentLoss;
import io.github.maskalign.PretrainObjective;
import io.github.maskalign.Targets;
import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.config.MaskStrategy;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.StochasticDepth;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reconstruction of a teacher's features at the hidden patches, the baselines that MaskAlign is
 * compared with. In <em>decoder</em> style the student sees only the visible patches and a decoder
 * predicts the rest (as MAE does pixels); in <em>mask token</em> style the student itself runs on
 * all patches, with a learned token in place of each hidden one (as BEiT and MVP do). Each teacher
 * level with a weight has its own linear head. The loss is that of alignment, over the hidden
 * patches.
 *
 * @since 0.1.0
 */
public final class Reconstruction implements PretrainObjective {

  private static final double TOKEN_DEVIATION = 0.02;

  /** [B, N - K, width]: the input of the heads. */
  private interface HiddenPatches {
    Tensor of(Ops ops, Tensor images, MaskedPatches masked, @Nullable StochasticDepth depth);
  }

  private final AlignmentPlan plan;
  private final ViT student;
  private final HiddenPatches body;
  private final List<Linear> heads;

  private Reconstruction(AlignmentPlan plan, ViT student, HiddenPatches body, List<Linear> heads) {
    this.plan = plan;
    this.student = student;
    this.body = body;
    this.heads = heads;
  }

  /**
   * Decoder style.
   *
   * @param alignment determines mask, target norm, loss and levels
   * @throws ShapeException if no patch would be visible or none hidden, or the networks do not fit
   */
  public static Reconstruction withDecoder(
      Parameters.Path path,
      ViTConfig config,
      Dimensions teacher,
      AlignmentConfig alignment,
      DecoderConfig size) {
    AlignmentPlan plan = plan(config, teacher, alignment);
    ViT student = ViT.create(path, config);
    Decoder decoder = Decoder.create(path, config, size);
    HiddenPatches body =
        (ops, images, masked, depth) -> {
          ForwardRequest request =
              ForwardRequest.plain().withKeep(masked.visibleIds(ops)).withStochasticDepth(depth);
          Tensor tokens = student.forward(ops, images, request).tokens();
          return decoder.forward(ops, student.normalized(ops, tokens), masked);
        };
    return new Reconstruction(plan, student, body, heads(path, plan, size.width()));
  }

  /** Mask token style; arguments as for {@link #withDecoder}. */
  public static Reconstruction withMaskTokens(
      Parameters.Path path, ViTConfig config, Dimensions teacher, AlignmentConfig alignment) {
    AlignmentPlan plan = plan(config, teacher, alignment);
    ViT student = ViT.create(path, config);
    Tensor token = path.add("mask_token", Init.normal(TOKEN_DEVIATION), 1, 1, config.width());
    HiddenPatches body =
        (ops, images, masked, depth) -> {
          Tensor ids = ops.of(masked.masking(), masked.batch(), masked.patches());
          ForwardRequest request =
              ForwardRequest.plain().withMaskToken(token, ids).withStochasticDepth(depth);
          Tensor tokens = student.normalized(ops, student.forward(ops, images, request).tokens());
          Tensor patches = Pooling.patches(ops, config, tokens);
          return masked.hiddenRows(ops, patches);
        };
    return new Reconstruction(plan, student, body, heads(path, plan, config.width()));
  }

  private static AlignmentPlan plan(
      ViTConfig config, Dimensions teacher, AlignmentConfig alignment) {
    kept(config, alignment.maskRatio());
    return alignment.plan(
        new Dimensions(config.depth(), config.width(), config.patches()), teacher);
  }

  /**
   * Number of visible patches.
   *
   * @throws ShapeException if it is none or all, or the network does not have exactly one class
   *     token before them
   */
  static int kept(ViTConfig config, double maskRatio) {
    int kept = AlignmentConfig.keptPatches(config.patches(), maskRatio);
    if (kept < 1 || kept >= config.patches()) {
      throw new ShapeException(
          "reconstruction: mask ratio %s leaves %d of %d patches visible; some must be visible and"
                  .formatted(maskRatio, kept, config.patches())
              + " some hidden");
    }
    if (config.prefixTokens() != 1) {
      throw new ShapeException(
          "reconstruction: the student needs the class token and no other before the patches, not "
              + config.prefixTokens()
              + " tokens");
    }
    return kept;
  }

  private static List<Linear> heads(Parameters.Path path, AlignmentPlan plan, int width) {
    return plan.levelIndices().stream()
        .map(level -> path.at("decoder_pred").at(level))
        .map(head -> Linear.create(head, width, plan.teacher().width()))
        .toList();
  }

  @Override
  public ViT student() {
    return student;
  }

  @Override
  public MaskStrategy mask() {
    return plan.config().mask();
  }

  @Override
  public int keptPatches() {
    return plan.keptPatches();
  }

  /** The configuration and the sizes that follow from it. */
  public AlignmentPlan plan() {
    return plan;
  }

  @Override
  public AlignmentLoss loss(
      Ops ops, Tensor images, Targets targets, int[] visible, @Nullable StochasticDepth depth) {
    MaskedPatches masked = MaskedPatches.of(images.dim(0), student.config().patches(), visible);
    Tensor hidden = body.of(ops, images, masked, depth);
    List<Tensor> predictions = heads.stream().map(head -> head.forward(ops, hidden)).toList();
    List<Tensor> expected = targets.at(ops.scope().eager(), masked.hiddenTokens());
    AlignmentLoss loss = AlignmentLoss.of(ops, plan, predictions, expected);
    AlignmentLoss.free(ops, predictions, expected);
    return loss;
  }
}

package io.github.maskalign;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.config.MaskStrategy;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.StochasticDepth;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W], teacher features -> loss: a student that sees some of the patches is trained
 * to predict, at those patches, the features of a frozen teacher that sees all of them (Xue et al.,
 * arXiv 2211.08887). Nothing is predicted at masked patches. A training step:
 *
 * <pre>{@code
 * TeacherOutput output = teacher.forward(tape, images, maskAlign.request());
 * Targets targets = maskAlign.targets(output);
 * int[] visible = maskAlign.visible(masking, targets, step, samples);
 * MaskAlign.Result result = maskAlign.forward(tape, images, targets, visible, depth);
 * Gradients gradients = tape.backward(result.loss().total());
 * }</pre>
 *
 * <p>The parameters are the student's, with timm's names, and those of {@link DynamicAlignment};
 * the student's final norm is not used and gets no gradient.
 *
 * @since 0.1.0
 */
public final class MaskAlign implements PretrainObjective {

  private final AlignmentPlan plan;
  private final ViT student;
  private final DynamicAlignment alignment;
  private final boolean recompute;

  private MaskAlign(
      AlignmentPlan plan, ViT student, DynamicAlignment alignment, boolean recompute) {
    this.plan = plan;
    this.student = student;
    this.alignment = alignment;
    this.recompute = recompute;
  }

  /**
   * The result of a forward pass.
   *
   * @param loss the loss and its terms
   * @param hidden [B, 1 + K, D] each, the output of every block of the student
   * @param predictions [B, 1 + K, D'] each, for the levels with a weight in the loss
   * @param targets [B, 1 + K, D'] each, of the same levels
   */
  public record Result(
      AlignmentLoss loss, List<Tensor> hidden, List<Tensor> predictions, List<Tensor> targets) {}

  /**
   * Creates a student, its alignment and their parameters.
   *
   * @throws ShapeException if the networks cannot be aligned by this configuration, with the reason
   */
  public static MaskAlign create(
      Parameters.Path path, ViTConfig config, Dimensions teacher, AlignmentConfig alignment) {
    if (config.prefixTokens() != 1) {
      throw new ShapeException(
          "MaskAlign: the student needs the class token and no other before the patches, not "
              + config.prefixTokens()
              + " tokens");
    }
    Dimensions sizes = new Dimensions(config.depth(), config.width(), config.patches());
    AlignmentPlan plan = alignment.plan(sizes, teacher);
    // The order of creation is that of the released optimizer states.
    LevelMix mix = LevelMix.create(path, plan);
    ViT student = ViT.create(path, config);
    return new MaskAlign(plan, student, DynamicAlignment.create(path, plan, mix), false);
  }

  /**
   * The same networks and parameters; with {@code recompute}, activations of the student's blocks
   * are recomputed in the backward pass instead of stored (activation checkpointing): less memory,
   * more time, the same bits.
   */
  public MaskAlign withRecompute(boolean recompute) {
    return new MaskAlign(plan, student, alignment, recompute);
  }

  @Override
  public ViT student() {
    return student;
  }

  /** The mixing and the heads. */
  public DynamicAlignment alignment() {
    return alignment;
  }

  /** The configuration and what follows from it. */
  public AlignmentPlan plan() {
    return plan;
  }

  /** The outputs requested from the teacher. */
  public TeacherRequest request() {
    return NormalizedTargets.request(plan);
  }

  /** The targets of the student, from the teacher's output. */
  public Targets targets(TeacherOutput output) {
    return new NormalizedTargets(plan, output);
  }

  @Override
  public MaskStrategy mask() {
    return plan.config().mask();
  }

  @Override
  public int keptPatches() {
    return plan.keptPatches();
  }

  @Override
  public AlignmentLoss loss(
      Ops ops, Tensor images, Targets targets, int[] visible, @Nullable StochasticDepth depth) {
    Result result = forward(ops, images, targets, visible, depth);
    AlignmentLoss.free(ops, result.predictions(), result.targets());
    return result.loss();
  }

  /**
   * Runs the student and computes the loss.
   *
   * @param visible patch numbers [B, K]
   * @param depth stochastic depth; none if null
   */
  public Result forward(
      Ops ops, Tensor images, Targets targets, int[] visible, @Nullable StochasticDepth depth) {
    int batch = images.dim(0);
    if (batch == 0 || visible.length == 0 || visible.length % batch != 0) {
      throw new ShapeException(
          "MaskAlign: " + visible.length + " visible patches for a batch of " + batch);
    }
    int kept = visible.length / batch;
    List<Tensor> hidden = hidden(ops, images, ops.of(visible, batch, kept), depth);
    List<Tensor> predictions = alignment.predict(ops, hidden);
    // Outside any tape: targets have no gradient, so nothing is recorded.
    List<Tensor> expected = targets.at(ops.scope().eager(), tokens(visible, batch));
    AlignmentLoss loss = AlignmentLoss.of(ops, plan, predictions, expected);
    return new Result(loss, hidden, predictions, expected);
  }

  private List<Tensor> hidden(Ops ops, Tensor images, Tensor ids, @Nullable StochasticDepth depth) {
    ForwardRequest request =
        ForwardRequest.plain()
            .withKeep(ids)
            .withAllLevels()
            .withStochasticDepth(depth)
            .withRecompute(recompute);
    return student.forward(ops, images, request).levels();
  }

  /** Token numbers [B, 1 + K] of the class token and of the visible patches. */
  private static int[] tokens(int[] visible, int batch) {
    int kept = visible.length / batch;
    int[] tokens = new int[batch * (1 + kept)];
    for (int b = 0; b < batch; b++) {
      for (int k = 0; k < kept; k++) {
        tokens[b * (1 + kept) + 1 + k] = 1 + visible[b * kept + k];
      }
    }
    return tokens;
  }
}

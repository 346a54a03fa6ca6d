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
 * images [B, C, H, W] and what a teacher saw in them -> loss: a student that sees some patches
 * learns to give the features that a teacher, who sees all, has at those patches (Xue et al., arXiv
 * 2211.08887). Nothing is predicted for patches that are not seen. A step is
 *
 * <pre>{@code
 * TeacherView view = teacher.look(tape, images, maskAlign.request());
 * Targets targets = maskAlign.targets(view);
 * int[] visible = maskAlign.visible(masking, targets, step, samples);
 * MaskAlign.Result result = maskAlign.forward(tape, images, targets, visible, depth);
 * Gradients gradients = tape.backward(result.loss().total());
 * }</pre>
 *
 * <p>The parameters are the student's, by timm's names, and those of {@link DynamicAlignment}; the
 * student's final norm takes no part and gets no gradient.
 *
 * @since 0.1.0
 */
public final class MaskAlign implements Objective {

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
   * What a forward pass gives.
   *
   * @param loss to be minimized, and its parts
   * @param hidden [B, 1 + K, D] each, the output of every block of the student
   * @param predictions [B, 1 + K, D'] each, for the levels that count
   * @param targets [B, 1 + K, D'] each, what they should be
   */
  public record Result(
      AlignmentLoss loss, List<Tensor> hidden, List<Tensor> predictions, List<Tensor> targets) {}

  /**
   * A student, its alignment and their parameters.
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
    Dimensions own = new Dimensions(config.depth(), config.width(), config.patches());
    AlignmentPlan plan = alignment.plan(own, teacher);
    // The order of creation is that of the released optimizer states.
    LevelMix mix = LevelMix.create(path, plan);
    ViT student = ViT.create(path, config);
    return new MaskAlign(plan, student, DynamicAlignment.create(path, plan, mix), false);
  }

  /**
   * The same networks and parameters, whose student's blocks are run again for the backward pass if
   * {@code again}, instead of being kept: less memory, more time, the same bits.
   */
  public MaskAlign withRecompute(boolean again) {
    return new MaskAlign(plan, student, alignment, again);
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

  /** What a teacher has to give. */
  public TeacherRequest request() {
    return ViewTargets.request(plan);
  }

  /** What the student has to match, from what a teacher saw. */
  public Targets targets(TeacherView view) {
    return new ViewTargets(plan, view);
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
    return forward(ops, images, targets, visible, depth).loss();
  }

  /**
   * Runs the student and compares it with the teacher.
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
    // Past any tape: targets have no gradient, and their intermediate values can go.
    List<Tensor> wanted = targets.at(ops.scope().eager(), tokens(visible, batch));
    AlignmentLoss loss = AlignmentLoss.of(ops, plan, predictions, wanted);
    return new Result(loss, hidden, predictions, wanted);
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

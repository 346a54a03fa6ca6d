package peers.work;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.WeightDecayGroups;
import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ViT;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** MaskAlign's student training step and teacher forward pass. */
public final class OurStep implements Step {

  private static final double ROOT = Math.sqrt(3);

  private final Backends.Choice choice;
  private final Scope scope;
  private final StepShape shape;
  private final Tensor images;
  private final Runnable work;
  private double result;

  private OurStep(
      int threads, Precision precision, StepShape shape, Function<OurStep, Runnable> kind) {
    this.shape = shape;
    this.choice = OurBackend.open(threads, precision);
    this.scope = Scope.root(choice.backend(), "step");
    this.images = random(1, shape.batch(), 3, 224, 224);
    this.work = kind.apply(this);
  }

  /** The training step of a student with random targets and a fixed mask. */
  public static OurStep student(int threads, StepShape shape, LossKind loss) {
    return new OurStep(threads, Precision.F32, shape, step -> step.student(loss));
  }

  /** The forward pass of a teacher, and the normalization of its last levels. */
  public static OurStep teacher(int threads, StepShape shape) {
    return new OurStep(threads, Precision.F32, shape, OurStep::teacher);
  }

  /** The forward pass of a network: the normalized class token of each image. */
  public static OurStep forward(int threads, Precision precision, StepShape shape) {
    return new OurStep(threads, precision, shape, OurStep::forward);
  }

  private Tensor random(long seed, int... dims) {
    // Drawn outside the Java heap, as the other side does; mean 0, variance 1.
    return scope
        .ops()
        .within("input", o -> o.affine(o.uniform(Philox.of(seed), dims), 2 * ROOT, -ROOT));
  }

  private Runnable student(LossKind kind) {
    AlignmentConfig alignment =
        AlignmentConfig.released()
            .withMask(MaskKind.RANDOM, 1 - (StepShape.VISIBLE + 0.5) / 196)
            .withLoss(kind);
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    int depth = shape.config().depth();
    MaskAlign model =
        MaskAlign.create(
            parameters.root(),
            shape.config(),
            new Dimensions(depth, shape.teacherWidth(), 196),
            alignment);
    List<Tensor> levels = new ArrayList<>();
    for (int i = 0; i < StepShape.LEVELS; i++) {
      levels.add(random(2 + i, shape.batch(), 197, shape.teacherWidth()));
    }
    TeacherOutput output = new TeacherOutput(depth, levels, null);
    int[] visible = new int[shape.batch() * StepShape.VISIBLE];
    for (int i = 0; i < visible.length; i++) {
      visible[i] = i % StepShape.VISIBLE * 3;
    }
    AdamW optimizer = new AdamW(scope, WeightDecayGroups.of(parameters, 0.05), AdamW.Betas.DEFAULT);
    return () -> {
      try (Scope step = scope.child("step");
          Tape tape = Tape.open(step, "batch")) {
        tape.watchAll(parameters.trainableValues());
        Tensor loss = model.loss(tape, images, model.targets(output), visible, null).total();
        result = loss.item();
        Gradients gradients = tape.backward(loss);
        optimizer.step(gradients, 1e-4, 1);
      }
    };
  }

  private Runnable teacher() {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT network = ViT.create(parameters.root(), shape.config());
    parameters.freeze();
    ForwardRequest request = ForwardRequest.plain().withLastLevels(StepShape.LEVELS);
    return () -> {
      try (Scope step = scope.child("step")) {
        Eager eager = step.eager();
        double sum = 0;
        for (Tensor level : network.forward(eager, images, request).levels()) {
          sum += eager.sum(eager.layerNorm(level, null, null, 1e-6), false).item();
        }
        result = sum;
      }
    };
  }

  private Runnable forward() {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT network = ViT.create(parameters.root(), shape.config());
    parameters.freeze();
    return () -> {
      try (Scope step = scope.child("step")) {
        Eager eager = step.eager();
        Tensor pooled = network.pooled(eager, network.forward(eager, images));
        result = eager.sum(pooled, false).item();
      }
    };
  }

  @Override
  public void run() {
    work.run();
  }

  @Override
  public double result() {
    return result;
  }

  MemoryStats memory() {
    return choice.backend().memory();
  }

  @Override
  public void close() {
    scope.close();
    choice.close();
  }
}

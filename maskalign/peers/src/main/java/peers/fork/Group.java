package peers.fork;

import ai.djl.ndarray.NDManager;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViTConfig;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.jspecify.annotations.Nullable;
import peers.contest.Contest;
import peers.contest.Result;
import peers.python.PyTorch;
import peers.python.PyTorchSide;
import peers.work.EmbedPeers;
import peers.work.EmbedPrecisions;
import peers.work.KernelPeers;
import peers.work.OnnxEmbedder;
import peers.work.OurBackend;
import peers.work.OurStep;
import peers.work.OurWholeStep;
import peers.work.ProductPeers;
import peers.work.Step;
import peers.work.StepShape;
import peers.work.TorchEmbedder;
import peers.work.TorchStep;

/** Contests that share a JVM. */
public enum Group {
  /** Matrix products, against OpenBLAS, one thread. */
  PRODUCTS(1, false, Group::products),
  /** Other operations, against libtorch, one thread. */
  KERNELS(1, false, Group::kernels),
  /** Forward pass of a ViT-B/16 on whole images, against libtorch, one thread. */
  TEACHER(1, false, Group::teacher),
  /** Training steps, against libtorch, one thread. */
  STEP_TI(1, false, run -> student(run, StepShape.TINY)),
  /** The small network. */
  STEP_S(1, false, run -> student(run, StepShape.SMALL)),
  /** The largest network. */
  STEP_B(1, false, run -> student(run, StepShape.BASE)),
  /** Our matrix products and training step, two threads against one. */
  THREADS(2, false, Group::threads),
  /** Whole MaskAlign step of a ViT-S, against PyTorch, one thread. */
  WHOLE_S_1(1, true, run -> whole(run, StepShape.SMALL, "whole-s")),
  /** The same on two threads. */
  WHOLE_S_2(2, true, run -> whole(run, StepShape.SMALL, "whole-s")),
  /** Whole MaskAlign step of a ViT-B, against PyTorch, one thread. */
  WHOLE_B_1(1, true, run -> whole(run, StepShape.BASE, "whole-b")),
  /** The same on two threads. */
  WHOLE_B_2(2, true, run -> whole(run, StepShape.BASE, "whole-b")),
  /** Student step and forward passes, against PyTorch, one thread. */
  PYTORCH_1(1, true, Group::pytorch),
  /** The same on two threads. */
  PYTORCH_2(2, true, Group::pytorch),
  /** In BF16: forward passes and whole MaskAlign step, against PyTorch's, one thread. */
  BF16_1(1, true, Group::bf16),
  /** The same on two threads. */
  BF16_2(2, true, Group::bf16),
  /** Embeddings in BF16 against those in F32, two threads. */
  BF16_EMBED(2, false, Group::embedPrecisions),
  /** Embeddings, against libtorch, two threads. */
  EMBED_TORCH(2, false, run -> embedders(run, "libtorch", Group::torchEmbedder)),
  /** Embeddings, against ONNX Runtime, two threads. */
  EMBED_ONNX(2, false, run -> embedders(run, "ONNX Runtime", OnnxEmbedder::new));

  /** Threads that each side uses. */
  public final int threads;

  /** Whether the contests need PyTorch. */
  public final boolean python;

  private final Consumer<Run> contests;

  Group(int threads, boolean python, Consumer<Run> contests) {
    this.threads = threads;
    this.python = python;
    this.contests = contests;
  }

  /**
   * A run of a group.
   *
   * @param contest measures
   * @param results receives the results
   * @param torch starts PyTorch; null if it is left out
   * @param notes receives what is left out, a line each
   */
  record Run(
      Contest contest, Consumer<Result> results, @Nullable PyTorch torch, List<String> notes) {

    void accept(Result result) {
      results.accept(result);
    }
  }

  void run(Run run) {
    contests.accept(run);
  }

  private static void products(Run run) {
    openblas_nolapack.blas_set_num_threads(1);
    try (Backends.Choice choice = OurBackend.open(1);
        Scope scope = Scope.root(choice.backend(), "products")) {
      for (ProductPeers.Shape shape : ProductPeers.TWELVE) {
        run.accept(ProductPeers.besideOpenBlas(run.contest, scope, shape));
      }
    }
  }

  private static void kernels(Run run) {
    try (Backends.Choice choice = OurBackend.open(1);
        Scope scope = Scope.root(choice.backend(), "kernels");
        NDManager manager = NDManager.newBaseManager("PyTorch")) {
      new KernelPeers(scope, manager).run(run.contest, run.results);
    }
  }

  private static void teacher(Run run) {
    try (Step ours = OurStep.teacher(1, StepShape.TEACHER);
        Step theirs = TorchStep.teacher(StepShape.TEACHER)) {
      run.accept(run.contest.run(StepShape.TEACHER.name(), ours, "libtorch", theirs));
    }
  }

  private static void embedders(Run run, String name, EmbedPeers.Opening peer) {
    try (EmbedPeers peers = new EmbedPeers(run.contest.threads(), peer)) {
      peers.run(name, run.contest, run.results);
    }
  }

  private static EmbedPeers.Peer torchEmbedder(ViTConfig config, Parameters network, int threads) {
    return new TorchEmbedder(config, network);
  }

  private static void student(Run run, StepShape shape) {
    try (Step ours = OurStep.student(1, shape, LossKind.L2);
        Step theirs = TorchStep.student(shape)) {
      run.accept(run.contest.run(shape.name(), ours, "libtorch", theirs));
    }
  }

  private static void threads(Run run) {
    try (Backends.Choice two = OurBackend.open(2);
        Backends.Choice one = OurBackend.open(1);
        Scope more = Scope.root(two.backend(), "two threads");
        Scope fewer = Scope.root(one.backend(), "one thread")) {
      for (ProductPeers.Shape shape : ProductPeers.TWELVE) {
        run.accept(ProductPeers.besideItself(run.contest, more, fewer, shape));
      }
    }
    try (Step two = OurStep.student(2, StepShape.SMALL, LossKind.L2);
        Step one = OurStep.student(1, StepShape.SMALL, LossKind.L2)) {
      run.accept(run.contest.run(StepShape.SMALL.name(), two, "1 thread", one));
    }
  }

  private static void whole(Run run, StepShape student, String work) {
    besidePyTorch(
        run,
        run.contest.shorter(),
        student.name(),
        work,
        threads -> new OurWholeStep(threads, Precision.F32, student.config()));
  }

  private static void bf16(Run run) {
    forward(run, Precision.BF16);
    besidePyTorch(
        run,
        run.contest.shorter(),
        "whole MaskAlign step, " + StepShape.SMALL.name(),
        work("whole-s", Precision.BF16),
        threads -> new OurWholeStep(threads, Precision.BF16, StepShape.SMALL.config()));
  }

  private static void embedPrecisions(Run run) {
    try (EmbedPrecisions embedders = new EmbedPrecisions(run.contest.threads())) {
      run.accept(embedders.run(run.contest));
    }
  }

  private static void pytorch(Run run) {
    besidePyTorch(
        run,
        run.contest,
        StepShape.SMALL.name() + " student step",
        "step-s",
        threads -> OurStep.student(threads, StepShape.SMALL, LossKind.SMOOTH_L1));
    forward(run, Precision.F32);
  }

  private static void forward(Run run, Precision precision) {
    besidePyTorch(
        run,
        run.contest,
        StepShape.PICTURES.name() + ", 4 images",
        work("forward-4", precision),
        threads -> OurStep.forward(threads, precision, StepShape.PICTURES));
    besidePyTorch(
        run,
        run.contest,
        StepShape.PICTURE.name() + ", 1 image",
        work("forward-1", precision),
        threads -> OurStep.forward(threads, precision, StepShape.PICTURE));
  }

  /** The script's name of some work in a precision. */
  private static String work(String name, Precision precision) {
    return precision == Precision.F32 ? name : name + "-bf16";
  }

  private static void besidePyTorch(
      Run run, Contest contest, String name, String work, IntFunction<Step> opening) {
    if (run.torch == null) {
      return;
    }
    List<PyTorchSide> sides = run.torch.start(work, contest.threads(), run.notes);
    try (Step ours = opening.apply(contest.threads())) {
      if (!sides.isEmpty()) {
        run.accept(contest.run(name, ours, sides));
      }
    } finally {
      sides.forEach(PyTorchSide::close);
    }
  }
}

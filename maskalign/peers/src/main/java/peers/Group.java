package peers;

import ai.djl.ndarray.NDManager;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViTConfig;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** Contests that share a process. */
enum Group {
  /** Matrix products, against OpenBLAS, one thread. */
  PRODUCTS(1, 1, (contest, to) -> products(contest, to)),
  /** Other operations, against libtorch, one thread. */
  KERNELS(1, 2, (contest, to) -> kernels(contest, to)),
  /** Forward pass of a ViT-B/16 on whole images, against libtorch, one thread. */
  TEACHER(1, 6, (contest, to) -> teacher(contest, to)),
  /** Embeddings, against libtorch, two threads. */
  EMBED_TORCH(2, 6, (contest, to) -> embedders(contest, to, "libtorch", Group::torchEmbedder)),
  /** Embeddings, against ONNX Runtime, two threads. */
  EMBED_ONNX(2, 6, (contest, to) -> embedders(contest, to, "ONNX Runtime", OnnxEmbedder::new)),
  /** Training steps, against libtorch, one thread. */
  STEP_S(1, 8, (contest, to) -> student(contest, to, StepShape.SMALL)),
  /** The smallest network. */
  STEP_TI(1, 8, (contest, to) -> student(contest, to, StepShape.TINY)),
  /** The largest network. */
  STEP_B(1, 8, (contest, to) -> student(contest, to, StepShape.BASE)),
  /** Our matrix products and training step, two threads against one. */
  THREADS(2, 2, (contest, to) -> threads(contest, to));

  /** C2 compiles a step for about this long, on a core that the second thread needs. */
  private static final double STEP_SECONDS = 20;

  private static final int EMBED_THREADS = 2;

  /** Threads that each side uses; they determine the clock. */
  final int threads;

  private final double warmUpSeconds;
  private final BiConsumer<Contest, Consumer<Result>> contests;

  Group(int threads, double warmUpSeconds, BiConsumer<Contest, Consumer<Result>> contests) {
    this.threads = threads;
    this.warmUpSeconds = warmUpSeconds;
    this.contests = contests;
  }

  void run(int rounds, Consumer<Result> to) {
    contests.accept(new Contest(new Clock(threads), rounds, warmUpSeconds), to);
  }

  static Backends.Choice cpu(int threads) {
    return Backends.open("cpu", new BackendOptions(threads, Long.MAX_VALUE));
  }

  private static void products(Contest contest, Consumer<Result> to) {
    openblas_nolapack.blas_set_num_threads(1);
    try (Backends.Choice choice = cpu(1);
        Scope scope = Scope.root(choice.backend(), "products")) {
      for (ProductPeers.Shape shape : ProductPeers.TWELVE) {
        to.accept(ProductPeers.besideOpenBlas(contest, scope, shape));
      }
    }
  }

  private static void kernels(Contest contest, Consumer<Result> to) {
    try (Backends.Choice choice = cpu(1);
        Scope scope = Scope.root(choice.backend(), "kernels");
        NDManager manager = NDManager.newBaseManager("PyTorch")) {
      new KernelPeers(scope, manager).run(contest, to);
    }
  }

  private static void teacher(Contest contest, Consumer<Result> to) {
    try (Step ours = OurStep.teacher(1, StepShape.TEACHER);
        Step theirs = TorchStep.teacher(StepShape.TEACHER)) {
      to.accept(contest.run(StepShape.TEACHER.name(), ours, theirs));
    }
  }

  private static void embedders(
      Contest contest, Consumer<Result> to, String name, EmbedPeers.Opening peer) {
    try (EmbedPeers peers = new EmbedPeers(EMBED_THREADS, peer)) {
      peers.run(name, contest, to);
    }
  }

  private static EmbedPeers.Peer torchEmbedder(ViTConfig config, Parameters network, int threads) {
    return new TorchEmbedder(config, network);
  }

  private static void student(Contest contest, Consumer<Result> to, StepShape shape) {
    try (Step ours = OurStep.student(1, shape);
        Step theirs = TorchStep.student(shape)) {
      to.accept(contest.run(shape.name(), ours, theirs));
    }
  }

  private static void threads(Contest contest, Consumer<Result> to) {
    try (Backends.Choice two = cpu(2);
        Backends.Choice one = cpu(1);
        Scope more = Scope.root(two.backend(), "two threads");
        Scope fewer = Scope.root(one.backend(), "one thread")) {
      for (ProductPeers.Shape shape : ProductPeers.TWELVE) {
        to.accept(ProductPeers.besideItself(contest, more, fewer, shape));
      }
    }
    try (Step two = OurStep.student(2, StepShape.SMALL);
        Step one = OurStep.student(1, StepShape.SMALL)) {
      to.accept(contest.warmedUpFor(STEP_SECONDS).run(StepShape.SMALL.name(), two, one));
    }
  }
}

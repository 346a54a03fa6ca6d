package io.github.maskalign.vit.embed;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Runs a miniature of a network while its weights load, so that the JIT has compiled the kernels
 * before the first image: interpreted, they are far slower, and two processors that interpret leave
 * none to the compiler.
 */
final class JitWarmup implements AutoCloseable {

  /** Forward pass of a miniature: 0.2 ms compiled where it takes 3 to 10 ms interpreted. */
  private static final long COMPILED_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Number of fast passes in a row, since the JIT may still replace a kernel by a faster one. */
  private static final int TIMES = 5;

  /** Longest wait of {@link #close}, once the network is known. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

  private static final int GRID = 2;

  /** The most common size. */
  private static final ViTConfig USUAL = ViTConfig.base(224, 16);

  private final Backend backend;
  private volatile ViTConfig config;
  private volatile long patience;
  private volatile long deadline = System.nanoTime() + Long.MAX_VALUE / 2;

  /** Completes with the failure of the thread, if it fails. */
  final CompletableFuture<?> ended;

  private JitWarmup(Backend backend, ViTConfig first) {
    this.backend = backend;
    this.config = miniature(first);
    Executor starter = Thread.ofPlatform().daemon().name("maskalign-warm-up")::start;
    this.ended = CompletableFuture.runAsync(this::run, starter);
  }

  /** Starts with a network of the most common size. The backend must outlive the warm-up. */
  static JitWarmup start(Backend backend) {
    return start(backend, USUAL);
  }

  /** Starts with a miniature of this network. */
  static JitWarmup start(Backend backend, ViTConfig first) {
    return new JitWarmup(backend, first);
  }

  /** Continues with a miniature of this network. */
  void like(ViTConfig network) {
    config = miniature(network);
    patience = PATIENCE_NANOS;
  }

  /** One block and one head on a few patches. */
  private static ViTConfig miniature(ViTConfig config) {
    BlockConfig blocks = config.blocks();
    int width = Math.ceilDiv(blocks.width() / blocks.heads(), 4) * 4;
    return config.withImageSize(GRID * config.patchSize()).withBlocks(blocks.withSize(width, 1, 1));
  }

  private void run() {
    if (!backend.computesInHostMemory()) {
      return; // A device's kernels are compiled ahead of time.
    }
    int fast = 0;
    while (fast < TIMES && isWanted()) {
      ViTConfig present = config;
      try (Scope scope = Scope.root(backend, "warm-up")) {
        Parameters parameters = Parameters.initialized(scope, DType.F32, 0);
        ViT network = ViT.create(parameters.root(), present);
        fast = 0;
        while (fast < TIMES && isWanted() && present.equals(config)) {
          long start = System.nanoTime();
          forward(scope, network);
          fast = System.nanoTime() - start < COMPILED_NANOS ? fast + 1 : 0;
        }
      }
    }
  }

  private boolean isWanted() {
    return System.nanoTime() - deadline < 0;
  }

  private static void forward(Scope scope, ViT network) {
    ViTConfig config = network.config();
    int side = config.imageSize().height(); // A miniature is square.
    try (Scope inner = scope.child("picture")) {
      Ops ops = inner.ops();
      var pixels = ops.affine(ops.uniform(Philox.of(0), 1, config.channels(), side, side), 6, -3);
      ForwardRequest request = ForwardRequest.plain().withLastLevels(1);
      network.pooled(ops, network.forward(ops, pixels, request).levels().getFirst()).toFloats();
    }
  }

  /**
   * Waits for the kernels to be compiled, up to a limit.
   *
   * @throws io.github.maskalign.tensor.error.TensorException if the miniature failed, as the
   *     network would
   */
  @Override
  public void close() {
    deadline = System.nanoTime() + patience;
    try {
      ended.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case Error error -> throw error;
        case RuntimeException failure -> throw failure;
        default -> throw e;
      }
    }
  }
}

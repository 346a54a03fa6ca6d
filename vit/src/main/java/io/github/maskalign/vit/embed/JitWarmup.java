package io.github.maskalign.vit.embed;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import java.util.concurrent.TimeUnit;

/**
 * Runs a miniature of a network while that is loaded, so that Java has compiled the kernels when
 * the first picture comes: interpreted, they are far slower, and two processors that interpret them
 * leave none to the compiler.
 */
final class JitWarmup implements AutoCloseable {

  /** Of a miniature's forward pass: 0.2 ms on a machine where it is 3 to 10 ms interpreted. */
  private static final long COMPILED_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** So many in a row, since a kernel may still be exchanged for a better one. */
  private static final int TIMES = 5;

  /** How long closing waits at most, once the network is known. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

  private static final int GRID = 2;

  /** What most networks are like. */
  private static final ViTConfig USUAL = ViTConfig.base(224, 16);

  private final Backend backend;
  private final Thread thread;
  private volatile ViTConfig config = miniature(USUAL);
  private volatile long patience;
  private volatile long deadline = System.nanoTime() + Long.MAX_VALUE / 2;

  private JitWarmup(Backend backend) {
    this.backend = backend;
    this.thread = Thread.ofPlatform().daemon().name("maskalign-warm-up").start(this::run);
  }

  /** Starts on a backend, which must outlive this, with a network such as most are. */
  static JitWarmup start(Backend backend) {
    return new JitWarmup(backend);
  }

  /** Goes on with a miniature of this network. */
  void like(ViTConfig network) {
    config = miniature(network);
    patience = PATIENCE_NANOS;
  }

  /** One block and one head on few patches. */
  private static ViTConfig miniature(ViTConfig config) {
    ViTConfig.Blocks blocks = config.blocks();
    int width = Math.ceilDiv(blocks.width() / blocks.heads(), 4) * 4;
    return config
        .withImageSize(GRID * config.patchSize())
        .withBlocks(
            new ViTConfig.Blocks(
                width,
                1,
                1,
                blocks.mlpRatio(),
                blocks.activation(),
                blocks.normEps(),
                blocks.layerScale()));
  }

  private void run() {
    if (!backend.computesInHostMemory()) {
      return; // A device's kernels are compiled before they are asked for.
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
    int side = config.imageSize();
    try (Scope inner = scope.child("picture")) {
      Ops ops = inner.ops();
      var pixels = ops.affine(ops.uniform(Philox.of(0), 1, config.channels(), side, side), 6, -3);
      ForwardRequest request = ForwardRequest.plain().withLastLevels(1);
      network.pooled(ops, network.forward(ops, pixels, request).levels().getFirst()).toFloats();
    }
  }

  /** Waits until the kernels are compiled, but not long. */
  @Override
  public void close() {
    deadline = System.nanoTime() + patience;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

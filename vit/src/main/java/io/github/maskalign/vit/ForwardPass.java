package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.DropPath;
import io.github.maskalign.autograd.nn.RotaryEmbedding;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Runs images through the blocks of a network, one after the other, and keeps what is wanted. */
final class ForwardPass {

  private final ViT network;
  private final Ops ops;
  private final ForwardRequest request;
  private final @Nullable RotaryEmbedding rotation;
  private final @Nullable Tensor embedding;
  private final List<Tensor> levels = new ArrayList<>();
  private final Map<Integer, Tensor> attentions = new HashMap<>();

  /** The number of the next block. */
  private int next;

  /** Its input. */
  private Tensor x;

  /** Whether the input is part of the result. */
  private boolean wanted;

  ForwardPass(ViT network, Ops ops, Tensor images, ForwardRequest request) {
    TokenEmbedding tokens = network.embedding();
    this.network = network;
    this.ops = ops;
    this.request = request;
    this.x = ops.within("embedding", inner -> tokens.forward(inner, images, request));
    this.rotation = tokens.rotation(ops, request.keep());
    this.wanted = request.embedding();
    this.embedding = wanted ? x : null;
  }

  /** Runs all blocks. */
  ForwardResult complete() {
    int depth = network.config().depth();
    Importance kind = request.importance();
    if (kind == null) {
      output(depth - 1);
      return new ForwardResult(x, levels, embedding, null, attentions);
    }
    PendingBlock last = pending(ops.scope().eager(), depth - 1);
    Tensor output =
        ops instanceof Eager eager && request.stochasticDepth() == null
            ? last.all(eager)
            : block(x);
    Tensor importance = PatchImportance.of(ops.scope().eager(), network, kind, last, output);
    last.discard(ops);
    advance(output);
    return new ForwardResult(x, levels, embedding, importance, attentions);
  }

  /** The output of a block. */
  Tensor output(int block) {
    while (next <= block) {
      keepAttention();
      advance(block(x));
    }
    return x;
  }

  /** A block after those before it, whose output is not yet computed. */
  PendingBlock pending(Eager eager, int block) {
    if (block > 0) {
      output(block - 1);
    }
    keepAttention();
    return new PendingBlock(eager, network.blocks().get(block), x, rotation);
  }

  /** The outputs of blocks that the request names, so far. */
  List<Tensor> levels() {
    return levels;
  }

  private void advance(Tensor output) {
    if (!wanted) {
      ops.discard(x);
    }
    wanted = next >= network.config().depth() - request.lastLevels();
    if (wanted) {
      levels.add(output);
    }
    x = output;
    next++;
  }

  private void keepAttention() {
    if (request.attentionBlocks().contains(next)) {
      try (Scope scope = ops.scope().child("attention maps")) {
        Block block = network.blocks().get(next);
        Tensor maps = block.probabilities(scope.eager(), x, rotation, 0, x.dim(1));
        attentions.put(next, scope.keep(maps));
      }
    }
  }

  private Tensor block(Tensor input) {
    String name = "block " + next;
    BiFunction<Ops, Tensor, Tensor> body = body(input.dim(0));
    return request.recompute()
        ? ops.recomputed(name, input, body)
        : ops.within(name, inner -> body.apply(inner, input));
  }

  /** Draws once, so that a block that is recomputed drops the same branches. */
  private BiFunction<Ops, Tensor, Tensor> body(int batch) {
    Block block = network.blocks().get(next);
    StochasticDepth depth = request.stochasticDepth();
    if (depth == null || depth.rates().get(next).rate() == 0) {
      return (inner, input) -> block.forward(inner, input, rotation);
    }
    DropPath drop = depth.rates().get(next);
    float[] attentionDraws = depth.noise().uniform(next, 0, batch);
    float[] mlpDraws = depth.noise().uniform(next, 1, batch);
    return (inner, input) -> block.forward(inner, input, rotation, drop, attentionDraws, mlpDraws);
  }
}

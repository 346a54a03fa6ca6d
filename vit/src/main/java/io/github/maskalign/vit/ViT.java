package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.DropPath;
import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W] -> tokens [B, T, D]: the Vision Transformer (Dosovitskiy et al., arXiv
 * 2010.11929), on all patches or on some. Parameters have timm's names.
 */
public final class ViT {

  private static final double TOKEN_DEVIATION = 0.02;

  private final ViTConfig config;
  private final List<Tensor> prefix;
  private final Tensor positions;
  private final PatchEmbed patchEmbed;
  private final @Nullable LayerNorm preNorm;
  private final List<Block> blocks;
  private final @Nullable LayerNorm norm;

  private ViT(Parameters.Path path, ViTConfig config, boolean finalNorm) {
    this.config = config;
    int width = config.width();
    this.prefix = prefix(path, config);
    this.positions = positions(path, config);
    this.patchEmbed =
        PatchEmbed.create(
            path.at("patch_embed"),
            config.channels(),
            config.patchSize(),
            width,
            config.patchBias());
    this.preNorm =
        config.preNorm() ? LayerNorm.create(path.at("norm_pre"), width, config.normEps()) : null;
    this.blocks =
        IntStream.range(0, config.depth())
            .mapToObj(i -> Block.create(path.at("blocks").at(i), config))
            .toList();
    this.norm = finalNorm ? LayerNorm.create(path.at("norm"), width, config.normEps()) : null;
  }

  /**
   * A network with fresh parameters: Xavier-uniform matrices, zero biases, tokens and learned
   * positions normal with deviation 0.02.
   */
  public static ViT create(Parameters.Path path, ViTConfig config) {
    return new ViT(path, config, true);
  }

  /** A network without a final norm. */
  static ViT withoutNorm(Parameters.Path path, ViTConfig config) {
    return new ViT(path, config, false);
  }

  private static List<Tensor> prefix(Parameters.Path path, ViTConfig config) {
    List<Tensor> tokens = new ArrayList<>();
    Init init = Init.normal(TOKEN_DEVIATION);
    if (config.prefixTokens() > 0) {
      tokens.add(path.add("cls_token", init, 1, 1, config.width()));
    }
    if (config.prefixTokens() > 1) {
      tokens.add(path.add("reg_token", init, 1, config.prefixTokens() - 1, config.width()));
    }
    return tokens;
  }

  private static Tensor positions(Parameters.Path path, ViTConfig config) {
    int rows = config.prefixTokens() + config.patches();
    int width = config.width();
    return switch (config.positions()) {
      case LEARNED -> path.add("pos_embed", Init.normal(TOKEN_DEVIATION), 1, rows, width);
      case SINCOS -> {
        float[] table = PositionEmbeddings.sincos(width, config.grid(), config.prefixTokens());
        yield path.addFixed("pos_embed", Init.of(table), 1, rows, width);
      }
    };
  }

  /** The shape of this network. */
  public ViTConfig config() {
    return config;
  }

  /** All patches in evaluation: images [B, C, H, W] -> tokens [B, T, D] before the final norm. */
  public Tensor forward(Ops ops, Tensor images) {
    return forward(ops, images, ForwardRequest.plain()).tokens();
  }

  /**
   * Runs the network. Computing at once keeps only what the request names; a tape keeps what its
   * backward pass needs.
   *
   * @throws ShapeException if the images or the request do not fit the network
   */
  public Features forward(Ops ops, Tensor images, ForwardRequest request) {
    check(images, request);
    int depth = config.depth();
    int firstLevel = depth - Math.min(depth, request.lastLevels());
    List<Tensor> levels = new ArrayList<>();
    Map<Integer, Tensor> attentions = new HashMap<>();
    Tensor importance = null;
    Tensor x = ops.within("embedding", inner -> embed(inner, images, request));
    Tensor embedding = request.embedding() ? x : null;
    boolean wanted = request.embedding();
    for (int i = 0; i < depth; i++) {
      if (i == request.importanceBlock()) {
        importance = importance(ops, blocks.get(i), x);
      }
      if (request.attentionBlocks().contains(i)) {
        attentions.put(i, attention(ops, blocks.get(i), x));
      }
      Tensor y = block(ops, i, x, request);
      if (!wanted) {
        ops.discard(x);
      }
      wanted = i >= firstLevel;
      if (wanted) {
        levels.add(y);
      }
      x = y;
    }
    return new Features(x, levels, embedding, importance, attentions);
  }

  /**
   * tokens [B, T, D] -> [B, T, D]: the final norm.
   *
   * @throws ShapeException if this network has none, as that of a mean-pooling classifier
   */
  public Tensor normalised(Ops ops, Tensor tokens) {
    if (norm == null) {
      throw new ShapeException("ViT: this network was made without a final norm");
    }
    return norm.forward(ops, tokens);
  }

  /**
   * The blocks' input. Patches are selected before the projection rather than after: the same
   * numbers for a fraction of the work.
   */
  private Tensor embed(Ops ops, Tensor images, ForwardRequest request) {
    Tensor keep = request.keep();
    int batch = images.dim(0);
    int first = config.prefixTokens();
    int width = config.width();
    Tensor patches = PatchEmbed.patchify(ops, images, config.patchSize());
    Tensor places = ops.slice(positions, 1, first, first + config.patches());
    if (keep != null) {
      patches = ops.gatherTokens(patches, keep);
      Shape each = Shape.of(batch, config.patches(), width);
      places = ops.gatherTokens(ops.broadcast(places, each), keep);
    }
    Tensor projected = masked(ops, patchEmbed.project(ops, patches), request.maskToken());
    Tensor x = ops.add(projected, places);
    if (first > 0) {
      Tensor tokens = prefix.size() == 1 ? prefix.getFirst() : ops.concat(prefix, 1);
      Tensor placed = ops.add(tokens, ops.slice(positions, 1, 0, first));
      x = ops.concat(List.of(ops.broadcast(placed, Shape.of(batch, first, width)), x), 1);
    }
    return preNorm == null ? x : preNorm.forward(ops, x);
  }

  private static Tensor masked(Ops ops, Tensor x, ForwardRequest.@Nullable MaskToken mask) {
    if (mask == null) {
      return x;
    }
    Tensor token = ops.broadcast(mask.token(), Shape.of(x.dim(0), 1, x.dim(2)));
    return ops.gatherTokens(ops.concat(List.of(x, token), 1), mask.ids());
  }

  private Tensor block(Ops ops, int index, Tensor x, ForwardRequest request) {
    String name = "block " + index;
    BiFunction<Ops, Tensor, Tensor> body = body(index, x.dim(0), request.stochasticDepth());
    return request.recompute()
        ? ops.recomputed(name, x, body)
        : ops.within(name, inner -> body.apply(inner, x));
  }

  /** Draws once, so that a block that is run twice drops the same branches. */
  private BiFunction<Ops, Tensor, Tensor> body(
      int index, int batch, @Nullable StochasticDepth depth) {
    Block block = blocks.get(index);
    if (depth == null || depth.rates().get(index).rate() == 0) {
      return block::forward;
    }
    DropPath drop = depth.rates().get(index);
    float[] attentionDraws = depth.noise().uniform(index, 0, batch);
    float[] mlpDraws = depth.noise().uniform(index, 1, batch);
    return (ops, x) -> block.forward(ops, x, drop, attentionDraws, mlpDraws);
  }

  private Tensor importance(Ops ops, Block block, Tensor x) {
    try (Scope scope = ops.scope().child("importance")) {
      Eager eager = scope.eager();
      Tensor fromClass = block.probabilities(eager, x, 0, 1);
      Tensor mean = eager.mean(fromClass, false, 1, 2);
      return scope.keep(eager.copy(eager.slice(mean, 1, config.prefixTokens(), x.dim(1))));
    }
  }

  private static Tensor attention(Ops ops, Block block, Tensor x) {
    try (Scope scope = ops.scope().child("attention maps")) {
      return scope.keep(block.probabilities(scope.eager(), x, 0, x.dim(1)));
    }
  }

  private void check(Tensor images, ForwardRequest request) {
    Shape shape = images.shape();
    if (shape.rank() != 4
        || shape.dim(1) != config.channels()
        || shape.dim(2) != config.imageSize()
        || shape.dim(3) != config.imageSize()) {
      throw new ShapeException(
          "ViT: needs images [B, %d, %d, %d], got %s"
              .formatted(config.channels(), config.imageSize(), config.imageSize(), shape));
    }
    if (request.keep() != null && request.maskToken() != null) {
      throw new ShapeException("ViT: mask tokens need all patches, not a selection");
    }
    if (request.lastLevels() < 0) {
      throw new ShapeException("ViT: cannot return " + request.lastLevels() + " levels");
    }
    if (request.importanceBlock() >= 0 && config.prefixTokens() == 0) {
      throw new ShapeException("ViT: importance needs a class token, this network has none");
    }
    checkBlock(request.importanceBlock());
    request.attentionBlocks().forEach(this::checkBlock);
    StochasticDepth depth = request.stochasticDepth();
    if (depth != null && depth.rates().size() != config.depth()) {
      throw new ShapeException(
          "ViT: stochastic depth has %d rates for %d blocks"
              .formatted(depth.rates().size(), config.depth()));
    }
  }

  private void checkBlock(int block) {
    if (block < -1 || block >= config.depth()) {
      throw new ShapeException(
          "ViT: there is no block %d, they count from 0 to %d"
              .formatted(block, config.depth() - 1));
    }
  }
}

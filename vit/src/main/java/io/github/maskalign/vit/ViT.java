package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.DropPath;
import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.nn.RotaryEmbedding;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W] -> tokens [B, T, D]: the Vision Transformer (Dosovitskiy et al., arXiv
 * 2010.11929), on all patches or a subset. Parameters have timm's names.
 *
 * @since 0.1.0
 */
public final class ViT {

  private static final double TOKEN_DEVIATION = 0.02;

  private final ViTConfig config;
  private final List<Tensor> prefix;
  private final @Nullable Tensor positions;
  private final @Nullable RotaryPositions rotary;
  private final PatchEmbed patchEmbed;
  private final @Nullable LayerNorm preNorm;
  private final List<Block> blocks;
  private final OutputLayers output;

  private ViT(Parameters.Path path, ViTConfig config, Runnable beforeOutput) {
    requireFeasible(config);
    this.config = config;
    path.note(ConfigMetadata.KEY, ConfigMetadata.write(config));
    int width = config.width();
    InputConfig input = config.input();
    this.prefix = prefix(path, config);
    this.positions = positions(path, config);
    this.rotary =
        config.tokens().positions() == PositionEmbedding.ROTARY
            ? RotaryPositions.create(path, config)
            : null;
    this.patchEmbed =
        PatchEmbed.create(
            path.at("patch_embed"), input.channels(), input.patchSize(), width, input.bias());
    this.preNorm = config.tokens().norm() ? norm(path.at("norm_pre"), config) : null;
    this.blocks =
        IntStream.range(0, config.depth())
            .mapToObj(i -> Block.create(path.at("blocks").at(i), config))
            .toList();
    beforeOutput.run();
    this.output = OutputLayers.create(path, config);
  }

  /** Tables have rows for every token, and columns for queries, keys and values. */
  private static void requireFeasible(ViTConfig config) {
    Grid grid = config.grid();
    long tokens = (long) grid.rows() * grid.columns() + config.prefixTokens();
    if (tokens > Integer.MAX_VALUE / (3L * config.width())) {
      throw new ShapeException(
          ("ViT: images of %s pixels with patches of %d have %,d tokens, too many at width %d; choose"
                  + " a smaller image size or larger patches")
              .formatted(config.imageSize(), config.patchSize(), tokens, config.width()));
    }
  }

  /**
   * A network with new parameters: Xavier-uniform matrices, zero biases, tokens and learned
   * positions normal with standard deviation 0.02.
   *
   * @throws ShapeException if it would have more tokens than an array has room for
   */
  public static ViT create(Parameters.Path path, ViTConfig config) {
    return new ViT(path, config, () -> {});
  }

  /**
   * A network with new parameters.
   *
   * @param beforeOutput creates those between the blocks and the output
   */
  static ViT create(Parameters.Path path, ViTConfig config, Runnable beforeOutput) {
    return new ViT(path, config, beforeOutput);
  }

  private static LayerNorm norm(Parameters.Path path, ViTConfig config) {
    return LayerNorm.create(path, config.width(), config.normEps());
  }

  private static List<Tensor> prefix(Parameters.Path path, ViTConfig config) {
    List<Tensor> tokens = new ArrayList<>();
    Init init = Init.normal(TOKEN_DEVIATION);
    if (config.tokens().classToken()) {
      tokens.add(path.add("cls_token", init, 1, 1, config.width()));
    }
    if (config.tokens().distillationToken()) {
      tokens.add(path.add("dist_token", init, 1, 1, config.width()));
    }
    if (config.tokens().registers() > 0) {
      tokens.add(path.add("reg_token", init, 1, config.tokens().registers(), config.width()));
    }
    return tokens;
  }

  private static @Nullable Tensor positions(Parameters.Path path, ViTConfig config) {
    int first = config.tokens().positionedPrefix();
    int rows = first + config.patches();
    int width = config.width();
    return switch (config.tokens().positions()) {
      case LEARNED -> path.add("pos_embed", Init.normal(TOKEN_DEVIATION), 1, rows, width);
      case SINCOS -> {
        float[] table = PositionTable.sincos(width, config.grid(), first);
        yield path.addFixed("pos_embed", Init.of(table), 1, rows, width);
      }
      case ROTARY -> null;
    };
  }

  /** The configuration of this network. */
  public ViTConfig config() {
    return config;
  }

  // ---- parts, for NaFlex and TokenMerging ----

  /** images [B, C, H, W] -> [B, T, D]: the first block's input, of all patches. */
  Tensor embedded(Ops ops, Tensor images) {
    ForwardRequest plain = ForwardRequest.plain();
    check(images, plain);
    return ops.within("embedding", inner -> embed(inner, images, plain));
  }

  PatchEmbed patchEmbed() {
    return patchEmbed;
  }

  @Nullable Tensor positions() {
    return positions;
  }

  @Nullable LayerNorm preNorm() {
    return preNorm;
  }

  List<Block> blocks() {
    return blocks;
  }

  OutputLayers output() {
    return output;
  }

  // ---- forward ----

  /** All patches in evaluation: images [B, C, H, W] -> tokens [B, T, D] before the final norm. */
  public Tensor forward(Ops ops, Tensor images) {
    return forward(ops, images, ForwardRequest.plain()).tokens();
  }

  /**
   * Runs the network. Eager execution keeps only what the request names; a tape keeps what its
   * backward pass needs.
   *
   * @throws ShapeException if the images or the request do not fit the network
   */
  public ForwardResult forward(Ops ops, Tensor images, ForwardRequest request) {
    check(images, request);
    int depth = config.depth();
    int firstLevel = depth - Math.min(depth, request.lastLevels());
    List<Tensor> levels = new ArrayList<>();
    Map<Integer, Tensor> attentions = new HashMap<>();
    Tensor importance = null;
    Tensor x = ops.within("embedding", inner -> embed(inner, images, request));
    RotaryEmbedding turned = rotary == null ? null : rotary.of(ops, request.keep());
    Tensor embedding = request.embedding() ? x : null;
    boolean wanted = request.embedding();
    for (int i = 0; i < depth; i++) {
      if (request.attentionBlocks().contains(i)) {
        attentions.put(i, attention(ops, blocks.get(i), x, turned));
      }
      Tensor y = block(ops, i, x, turned, request);
      if (i == depth - 1 && request.importance() != null) {
        importance = importance(ops, request.importance(), x, turned, y);
      }
      if (!wanted) {
        ops.discard(x);
      }
      wanted = i >= firstLevel;
      if (wanted) {
        levels.add(y);
      }
      x = y;
    }
    return new ForwardResult(x, levels, embedding, importance, attentions);
  }

  /**
   * tokens [B, T, D] -> [B, T, D]: the final norm, if it acts on all tokens; where it acts on the
   * pooled vector, or there is none, the tokens as they are.
   */
  public Tensor normalized(Ops ops, Tensor tokens) {
    return output.normalized(ops, tokens);
  }

  /**
   * tokens [B, T, D] -> [B, P]: the final norm, the pooling and the pooler of the configuration.
   */
  public Tensor pooled(Ops ops, Tensor tokens) {
    return ops.within("pool", inner -> output.pooled(inner, tokens));
  }

  /**
   * images [B, C, H, W] -> [B, P]: all patches, pooled; with stochastic depth in training, null in
   * evaluation.
   */
  public Tensor features(Ops ops, Tensor images, @Nullable StochasticDepth depth) {
    ForwardRequest request = ForwardRequest.plain().withStochasticDepth(depth);
    Tensor tokens = forward(ops, images, request).tokens();
    Tensor pooled = pooled(ops, tokens);
    ops.discard(tokens);
    return pooled;
  }

  /**
   * tokens [B, T, D] -> [B, D]: the final norm and another pooling, without pooler.
   *
   * @throws ShapeException if this network has no class token to pool by, or not the parameters of
   *     the pooling
   */
  public Tensor pooled(Ops ops, Tensor tokens, Pooling pooling) {
    return ops.within("pool", inner -> output.pooled(inner, tokens, pooling));
  }

  /**
   * The first block's input. Patches are selected before the projection: the same values for less
   * work than afterwards.
   */
  private Tensor embed(Ops ops, Tensor images, ForwardRequest request) {
    Tensor keep = request.keep();
    Tensor whole = PatchEmbed.whole(ops, images, config.grid(), config.patchSize());
    Tensor patches = PatchEmbed.patchify(ops, whole, config.patchSize());
    Tensor seen = keep == null ? patches : ops.gatherTokens(patches, keep);
    Tensor x = masked(ops, patchEmbed.project(ops, seen), request.maskToken());
    if (positions != null) {
      x = ops.add(x, patchPositions(ops, positions, keep));
    }
    if (!prefix.isEmpty()) {
      Tensor tokens = positionedPrefix(ops);
      Shape each = Shape.of(images.dim(0), config.prefixTokens(), config.width());
      x = ops.concat(List.of(ops.broadcast(tokens, each), x), 1);
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

  private Tensor patchPositions(Ops ops, Tensor table, @Nullable Tensor keep) {
    int first = config.tokens().positionedPrefix();
    Tensor patchPositions = ops.slice(table, 1, first, first + config.patches());
    if (keep == null) {
      return patchPositions;
    }
    Shape each = Shape.of(keep.dim(0), config.patches(), config.width());
    return ops.gatherTokens(ops.broadcast(patchPositions, each), keep);
  }

  /** The prefix tokens, with positions where the table has them. */
  private Tensor positionedPrefix(Ops ops) {
    Tensor tokens = prefix.size() == 1 ? prefix.getFirst() : ops.concat(prefix, 1);
    int positioned = config.tokens().positionedPrefix();
    if (positions == null || positioned == 0) {
      return tokens;
    }
    Tensor rows = ops.slice(positions, 1, 0, positioned);
    if (positioned == config.prefixTokens()) {
      return ops.add(tokens, rows);
    }
    Tensor first = ops.add(ops.slice(tokens, 1, 0, positioned), rows);
    return ops.concat(List.of(first, ops.slice(tokens, 1, positioned, config.prefixTokens())), 1);
  }

  private Tensor block(
      Ops ops, int index, Tensor x, @Nullable RotaryEmbedding turned, ForwardRequest request) {
    String name = "block " + index;
    BiFunction<Ops, Tensor, Tensor> body = body(index, x.dim(0), turned, request.stochasticDepth());
    return request.recompute()
        ? ops.recomputed(name, x, body)
        : ops.within(name, inner -> body.apply(inner, x));
  }

  /** Draws once, so that a block that is recomputed drops the same branches. */
  private BiFunction<Ops, Tensor, Tensor> body(
      int index, int batch, @Nullable RotaryEmbedding turned, @Nullable StochasticDepth depth) {
    Block block = blocks.get(index);
    if (depth == null || depth.rates().get(index).rate() == 0) {
      return (ops, x) -> block.forward(ops, x, turned);
    }
    DropPath drop = depth.rates().get(index);
    float[] attentionDraws = depth.noise().uniform(index, 0, batch);
    float[] mlpDraws = depth.noise().uniform(index, 1, batch);
    return (ops, x) -> block.forward(ops, x, turned, drop, attentionDraws, mlpDraws);
  }

  /** Computed from the last block's input and output. */
  private Tensor importance(
      Ops ops, Importance kind, Tensor input, @Nullable RotaryEmbedding turned, Tensor output) {
    int first = config.prefixTokens();
    int tokens = input.dim(1);
    try (Scope scope = ops.scope().child("importance")) {
      Eager eager = scope.eager();
      Tensor all =
          switch (kind) {
            case CLASS_ATTENTION -> {
              Tensor seen = blocks.getLast().probabilities(eager, input, turned, 0, 1);
              yield eager.mean(seen, false, 1, 2);
            }
            case PROBE_ATTENTION ->
                eager.mean(this.output.probeAttention(eager, output), false, 1, 2);
            case MEAN_RECEIVED -> received(eager, input, turned);
            case UNIFORM ->
                eager.full(input.dtype(), Shape.of(input.dim(0), tokens), 1.0 / (tokens - first));
          };
      boolean whole = all.dim(1) == tokens;
      return scope.keep(eager.copy(whole ? eager.slice(all, 1, first, tokens) : all));
    }
  }

  /** Sample by sample, since the complete attention maps of a batch are large. */
  private Tensor received(Eager ops, Tensor x, @Nullable RotaryEmbedding turned) {
    List<Tensor> means = new ArrayList<>();
    for (int i = 0; i < x.dim(0); i++) {
      try (Scope scope = ops.scope().child("sample " + i)) {
        Eager eager = scope.eager();
        RotaryEmbedding own = turned == null ? null : turned.sample(eager, i);
        Tensor sample = eager.slice(x, 0, i, i + 1);
        Tensor map = blocks.getLast().probabilities(eager, sample, own, 0, x.dim(1));
        means.add(scope.keep(eager.mean(map, false, 1, 2)));
      }
    }
    return ops.concat(means, 0);
  }

  private static Tensor attention(
      Ops ops, Block block, Tensor x, @Nullable RotaryEmbedding turned) {
    try (Scope scope = ops.scope().child("attention maps")) {
      return scope.keep(block.probabilities(scope.eager(), x, turned, 0, x.dim(1)));
    }
  }

  private void check(Tensor images, ForwardRequest request) {
    Shape shape = images.shape();
    if (shape.rank() != 4
        || shape.dim(1) != config.channels()
        || shape.dim(2) != config.imageSize().height()
        || shape.dim(3) != config.imageSize().width()) {
      throw new ShapeException(
          "ViT: needs images [B, %d, %d, %d], got %s"
              .formatted(
                  config.channels(),
                  config.imageSize().height(),
                  config.imageSize().width(),
                  shape));
    }
    if (request.keep() != null && request.maskToken() != null) {
      throw new ShapeException("ViT: mask tokens require all patches; leave out withKeep");
    }
    if (request.lastLevels() < 0) {
      throw new ShapeException(
          "ViT: the number of levels must be 0 or more, got " + request.lastLevels());
    }
    if (request.importance() != null) {
      check(request.importance());
    }
    request.attentionBlocks().forEach(this::checkBlock);
    StochasticDepth depth = request.stochasticDepth();
    if (depth != null && depth.rates().size() != config.depth()) {
      throw new ShapeException(
          "ViT: stochastic depth has %d rates for %d blocks"
              .formatted(depth.rates().size(), config.depth()));
    }
  }

  private void check(Importance kind) {
    if (kind == Importance.CLASS_ATTENTION && !config.tokens().classToken()) {
      throw new ShapeException(
          "ViT: importance by class attention requires a class token, this network has none; use"
              + " the attention that patches receive on average");
    }
    if (kind == Importance.PROBE_ATTENTION && config.output().pooling() != Pooling.ATTENTION) {
      throw new ShapeException(
          "ViT: importance by the attention pool requires one, this network has none; use"
              + " the attention that patches receive on average");
    }
  }

  private void checkBlock(int block) {
    if (block < 0 || block >= config.depth()) {
      throw new ShapeException(
          "ViT: no block %d; blocks are numbered 0 to %d".formatted(block, config.depth() - 1));
    }
  }
}

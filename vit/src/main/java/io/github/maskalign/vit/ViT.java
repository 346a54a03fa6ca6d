package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W] -> tokens [B, T, D]: the Vision Transformer (Dosovitskiy et al., arXiv
 * 2010.11929), on all patches or a subset. Parameters have timm's names.
 *
 * @since 0.1.0
 */
public final class ViT {

  private final ViTConfig config;
  private final TokenEmbedding embedding;
  private final List<Block> blocks;
  private final OutputLayers output;

  private ViT(Parameters.Path path, ViTConfig config, Runnable beforeOutput) {
    requireFeasible(config);
    this.config = config;
    path.note(ConfigMetadata.KEY, ConfigMetadata.write(config));
    this.embedding = TokenEmbedding.create(path, config);
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

  /** The configuration of this network. */
  public ViTConfig config() {
    return config;
  }

  // ---- parts, for this package ----

  /** images [B, C, H, W] -> [B, T, D]: the first block's input, of all patches. */
  Tensor embedded(Ops ops, Tensor images) {
    ForwardRequest plain = ForwardRequest.plain();
    check(images, plain);
    return ops.within("embedding", inner -> embedding.forward(inner, images, plain));
  }

  TokenEmbedding embedding() {
    return embedding;
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
    return new ForwardPass(this, ops, images, request).complete();
  }

  /**
   * images [B, C, H, W] -> [B, T, D]: the output of a block. Later blocks are not run.
   *
   * @param block counted from 0
   * @throws ShapeException if the images do not fit the network, or it has no such block
   */
  public Tensor tokens(Ops ops, Tensor images, int block) {
    checkBlock(block);
    return evaluation(ops, images).output(block);
  }

  /**
   * images [B, C, H, W] -> [B, count, D]: the output of a block for the first tokens, such as the
   * class token. Where nothing is recorded, the block computes no others: the same bits for less
   * work.
   *
   * @param block counted from 0
   * @throws ShapeException if the images do not fit the network, or it has no such block, or fewer
   *     tokens
   */
  public Tensor tokens(Ops ops, Tensor images, int block, int count) {
    checkBlock(block);
    ForwardPass pass = evaluation(ops, images);
    if (!(ops instanceof Eager eager)) {
      return ops.slice(pass.output(block), 1, 0, count);
    }
    PendingBlock pending = pass.pending(eager, block);
    Tensor tokens = pending.leading(eager, count);
    pending.discard(eager);
    eager.discard(pending.input());
    return tokens;
  }

  private ForwardPass evaluation(Ops ops, Tensor images) {
    ForwardRequest request = ForwardRequest.plain();
    check(images, request);
    return new ForwardPass(this, ops, images, request);
  }

  /**
   * Runs all patches through the blocks before the last, whose output can then be asked for at some
   * tokens.
   *
   * @param levels number of the requested block outputs before the last
   * @param importance the importance of patches to return; none if null
   * @throws ShapeException if the images do not fit the network, or the importance follows from the
   *     output of all tokens
   */
  public PendingResult forwardPending(
      Eager ops, Tensor images, int levels, @Nullable Importance importance) {
    ForwardRequest before = ForwardRequest.plain().withLastLevels(levels);
    check(images, before.withImportance(importance));
    if (importance != null && importance.followsOutput()) {
      throw new ShapeException(
          "ViT: %s follows from the output of all tokens; use forward"
              .formatted(importance.description()));
    }
    int kept = 1 + Math.min(levels, config.depth());
    ForwardPass pass = new ForwardPass(this, ops, images, before.withLastLevels(kept));
    PendingBlock last = pass.pending(ops, config.depth() - 1);
    Tensor seen = importance == null ? null : PatchImportance.of(ops, this, importance, last, null);
    return new PendingResult(pass.levels(), seen, last);
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
    OptionalInt leading = config.output().pooling().leadingTokens();
    Tensor tokens =
        depth == null && leading.isPresent()
            ? tokens(ops, images, config.depth() - 1, leading.getAsInt())
            : forward(ops, images, ForwardRequest.plain().withStochasticDepth(depth)).tokens();
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

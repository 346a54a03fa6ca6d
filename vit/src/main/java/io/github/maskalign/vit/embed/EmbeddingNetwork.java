package io.github.maskalign.vit.embed;

import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.embed.EmbedderOptions.Output;
import io.github.maskalign.vit.image.preprocess.PixelValues;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.PretrainedViT;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** images [C, H, W], preprocessed -> their embeddings. Not thread-safe. */
final class EmbeddingNetwork {

  private final Scope scope;
  private final ImageTower tower;
  private final ModelCard card;
  private final EmbedderOptions options;
  private final @Nullable Linear projection;
  private final int projected;

  private EmbeddingNetwork(
      Scope scope,
      PretrainedViT loaded,
      EmbedderOptions options,
      @Nullable Linear projection,
      int projected) {
    this.scope = scope;
    this.tower = ImageTower.of(loaded.network(), loaded.preprocessing(), options.merge());
    this.card = loaded.card();
    this.options = options;
    this.projection = projection;
    this.projected = projected;
    tower.require(pooling(options.output()));
  }

  /** The pooling of an output: none of all patch tokens. */
  private Pooling pooling(Output output) {
    ViTConfig config = tower.config();
    return switch (output) {
      case POOLED ->
          config.output().pooling() == Pooling.NONE
              ? Pooling.of(config)
              : config.output().pooling();
      case PROJECTED -> config.output().pooling();
      case CLASS_TOKEN -> Pooling.CLASS_TOKEN;
      case MEAN_PATCHES -> Pooling.MEAN_PATCHES;
      case CLASS_AND_MEAN -> Pooling.CLASS_AND_MEAN;
      case PATCH_TOKENS -> Pooling.NONE;
    };
  }

  /**
   * Loads the weights.
   *
   * @param scope owns the weights
   * @param file must stay open while the network is used
   * @throws FormatException if the file lacks a parameter of the output
   */
  static EmbeddingNetwork load(Scope scope, NetworkFile file, EmbedderOptions options) {
    ViTConfig config = file.config();
    require(config, options);
    Parameters parameters = Parameters.lazy(scope, DType.F32);
    TextConfig.Projection shape = options.output() == Output.PROJECTED ? projection(file) : null;
    Linear projection =
        shape == null
            ? null
            : shape.create(parameters.root().at("projection"), config.pooledWidth());
    PretrainedViT loaded = PretrainedViT.load(parameters, file);
    parameters.freeze();
    return new EmbeddingNetwork(
        scope, loaded, options, projection, shape == null ? 0 : shape.length());
  }

  private static TextConfig.Projection projection(NetworkFile file) {
    return file.projection()
        .orElseThrow(
            () ->
                new FormatException(
                    file.file().description()
                        + " has no projection after pooling, which the projected output requires and"
                        + " CLIP has; use the pooled output, which SigLIP compares with texts"));
  }

  private static void require(ViTConfig config, EmbedderOptions options) {
    boolean classToken =
        options.output() == Output.CLASS_TOKEN || options.output() == Output.CLASS_AND_MEAN;
    if (classToken && !config.tokens().classToken()) {
      throw new ShapeException(
          "embedder: the output asked for requires a class token, this network has none; use the"
              + " pooled output or the mean of the patches");
    }
    if (options.level() >= config.depth()) {
      throw new ShapeException(
          "embedder: no level %d; levels are numbered 0 to %d"
              .formatted(options.level(), config.depth() - 1));
    }
  }

  ModelCard card() {
    return card;
  }

  /** The network and what it takes. */
  ImageTower tower() {
    return tower;
  }

  /** Length of an embedding. */
  int width() {
    ViTConfig config = tower.config();
    int width = config.width();
    return switch (options.output()) {
      case POOLED -> config.pooledWidth();
      case CLASS_TOKEN, MEAN_PATCHES -> width;
      case PROJECTED -> projected;
      case CLASS_AND_MEAN -> 2 * width;
      case PATCH_TOKENS -> tower.maxPatches() * width;
    };
  }

  List<float[]> embed(List<PixelValues> images) {
    try (Scope inner = scope.child("embedding")) {
      Ops ops = inner.ops();
      ImageTower.Seen seen =
          tower.forward(ops, images, options.level(), pooling(options.output()).leadingTokens());
      return Rows.of(output(ops, seen)).stream().map(this::finished).toList();
    }
  }

  private Tensor output(Ops ops, ImageTower.Seen seen) {
    return switch (options.output()) {
      case POOLED -> pooled(ops, seen);
      case PROJECTED -> projection.forward(ops, tower.pooled(ops, seen));
      case CLASS_TOKEN -> tower.pooled(ops, seen, Pooling.CLASS_TOKEN);
      case MEAN_PATCHES -> tower.pooled(ops, seen, Pooling.MEAN_PATCHES);
      case CLASS_AND_MEAN -> tower.classAndMean(ops, seen);
      case PATCH_TOKENS -> tower.patchTokens(ops, seen);
    };
  }

  /** A network that does not pool has one vector per image nevertheless. */
  private Tensor pooled(Ops ops, ImageTower.Seen seen) {
    return tower.config().output().pooling() == Pooling.NONE
        ? tower.pooled(ops, seen, pooling(Output.POOLED))
        : tower.pooled(ops, seen);
  }

  private float[] finished(float[] embedding) {
    return options.unitLength() ? CosineSimilarity.normalize(embedding) : embedding;
  }
}

package io.github.maskalign.vit;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.ImageSize;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a Vision Transformer (Dosovitskiy et al., arXiv 2010.11929). Start from a
 * preset and change what differs: {@code ViTConfig.tiny(32, 4).withChannels(1)}.
 *
 * @param input the patch embedding
 * @param tokens the input of the first block
 * @param blocks the Transformer blocks
 * @param output the pooling of the tokens
 * @since 0.1.0
 */
public record ViTConfig(Input input, Tokens tokens, Blocks blocks, Output output) {

  /**
   * The patch embedding.
   *
   * @param imageSize height and width of the images
   * @param patchSize height and width of a patch; divides both
   * @param channels color channels of the images
   * @param bias whether the projection has a bias
   */
  public record Input(ImageSize imageSize, int patchSize, int channels, boolean bias) {

    /** Checks the values. */
    public Input {
      requirePositive("patch size", patchSize);
      requirePositive("channels", channels);
      require(
          imageSize.height() % patchSize == 0 && imageSize.width() % patchSize == 0,
          "image size " + imageSize + " is not a multiple of the patch size " + patchSize);
    }
  }

  /**
   * The input of the first block: learned prefix tokens, then the patches.
   *
   * @param classToken whether the first prefix token is the class token
   * @param distillationToken whether DeiT's distillation token follows
   * @param registers number of further prefix tokens
   * @param positions kind of position embeddings
   * @param positionedPrefix number of prefix tokens, from the first, with a row in the position
   *     table
   * @param norm whether a layer norm precedes the blocks, as in CLIP
   * @param resampling of the position table to other image sizes
   * @param rotaryBase base of the frequencies of rotary positions
   */
  public record Tokens(
      boolean classToken,
      boolean distillationToken,
      int registers,
      PositionEmbedding positions,
      int positionedPrefix,
      boolean norm,
      Resampling resampling,
      double rotaryBase) {

    private static final double ROTARY_BASE = 100;

    /** Checks the values. */
    public Tokens {
      require(registers >= 0, "registers must be 0 or more, got " + registers);
      int prefix = registers + (classToken ? 1 : 0) + (distillationToken ? 1 : 0);
      require(
          positionedPrefix >= 0 && positionedPrefix <= prefix,
          positionedPrefix
              + " tokens with positions exceed the number of prefix tokens, "
              + prefix);
      require(
          rotaryBase > 0 && Double.isFinite(rotaryBase),
          "rotary base must be positive and finite, got " + rotaryBase);
    }

    /** A class token, or none, with a position, or none if positions are rotary. */
    public static Tokens of(boolean classToken, PositionEmbedding positions) {
      int positioned = classToken && positions != PositionEmbedding.ROTARY ? 1 : 0;
      return new Tokens(
          classToken, false, 0, positions, positioned, false, Resampling.BICUBIC, ROTARY_BASE);
    }

    /** Number of prefix tokens. */
    public int prefix() {
      return registers + (classToken ? 1 : 0) + (distillationToken ? 1 : 0);
    }

    /** With a distillation token or without. */
    public Tokens withDistillationToken(boolean token) {
      return new Tokens(
          classToken, token, registers, positions, positionedPrefix, norm, resampling, rotaryBase);
    }

    /** With another number of registers. */
    public Tokens withRegisters(int count) {
      return new Tokens(
          classToken,
          distillationToken,
          count,
          positions,
          Math.min(positionedPrefix, prefix() - registers + Math.max(0, count)),
          norm,
          resampling,
          rotaryBase);
    }

    /** With positions of this kind, for so many prefix tokens. */
    public Tokens withPositions(PositionEmbedding kind, int positioned) {
      return new Tokens(
          classToken, distillationToken, registers, kind, positioned, norm, resampling, rotaryBase);
    }

    /** With a layer norm before the blocks or without. */
    public Tokens withNorm(boolean before) {
      return new Tokens(
          classToken,
          distillationToken,
          registers,
          positions,
          positionedPrefix,
          before,
          resampling,
          rotaryBase);
    }

    /** With another resampling of the position table. */
    public Tokens withResampling(Resampling kind) {
      return new Tokens(
          classToken,
          distillationToken,
          registers,
          positions,
          positionedPrefix,
          norm,
          kind,
          rotaryBase);
    }

    /** With another base of the frequencies of rotary positions. */
    public Tokens withRotaryBase(double base) {
      return new Tokens(
          classToken,
          distillationToken,
          registers,
          positions,
          positionedPrefix,
          norm,
          resampling,
          base);
    }
  }

  /**
   * The Transformer blocks.
   *
   * @param width length of a token, D
   * @param depth number of blocks
   * @param heads attention heads; divides the width
   * @param mlpRatio hidden length of a block's MLP relative to the width
   * @param activation of the MLPs
   * @param normEps epsilon of every layer norm
   * @param layerScale initial value of the learned factors on each branch (Touvron et al., arXiv
   *     2103.17239), 0 for none
   * @param bias which layers have a bias
   * @param queryKeyNorm whether queries and keys are normalized over each head
   */
  public record Blocks(
      int width,
      int depth,
      int heads,
      double mlpRatio,
      Activation activation,
      double normEps,
      double layerScale,
      Bias bias,
      boolean queryKeyNorm) {

    /** Checks the values. */
    public Blocks {
      requirePositive("width", width);
      requirePositive("depth", depth);
      requirePositive("heads", heads);
      require(
          width % heads == 0,
          "width " + width + " is not a multiple of the number of heads " + heads);
      long hidden = Math.round(width * mlpRatio);
      require(hidden >= 1, "MLP ratio " + mlpRatio + " leaves no hidden channel at width " + width);
      require(
          hidden <= Integer.MAX_VALUE,
          "MLP ratio " + mlpRatio + " gives too many hidden channels at width " + width);
      require(
          normEps > 0 && Double.isFinite(normEps),
          "layer norm eps must be positive and finite, got " + normEps);
      require(
          layerScale >= 0 && Double.isFinite(layerScale),
          "layer scale must be 0 or more and finite, got " + layerScale);
    }

    /** Blocks with all biases and without query-key norm. */
    public Blocks(
        int width,
        int depth,
        int heads,
        double mlpRatio,
        Activation activation,
        double normEps,
        double layerScale) {
      this(width, depth, heads, mlpRatio, activation, normEps, layerScale, Bias.ALL, false);
    }

    /** Length of the hidden layer of a block's MLP. */
    public int mlpWidth() {
      return (int) Math.round(width * mlpRatio);
    }

    /** With other sizes. */
    public Blocks withSize(int newWidth, int newDepth, int newHeads) {
      return new Blocks(
          newWidth,
          newDepth,
          newHeads,
          mlpRatio,
          activation,
          normEps,
          layerScale,
          bias,
          queryKeyNorm);
    }

    /** With another MLP. */
    public Blocks withMlp(double ratio, Activation kind) {
      return new Blocks(width, depth, heads, ratio, kind, normEps, layerScale, bias, queryKeyNorm);
    }

    /** With another epsilon. */
    public Blocks withNormEps(double eps) {
      return new Blocks(
          width, depth, heads, mlpRatio, activation, eps, layerScale, bias, queryKeyNorm);
    }

    /** With layer scale, initialized to this value, or without, at 0. */
    public Blocks withLayerScale(double first) {
      return new Blocks(
          width, depth, heads, mlpRatio, activation, normEps, first, bias, queryKeyNorm);
    }

    /** With other biases. */
    public Blocks withBias(Bias other) {
      return new Blocks(
          width, depth, heads, mlpRatio, activation, normEps, layerScale, other, queryKeyNorm);
    }

    /** With a norm of queries and keys or without. */
    public Blocks withQueryKeyNorm(boolean norm) {
      return new Blocks(width, depth, heads, mlpRatio, activation, normEps, layerScale, bias, norm);
    }
  }

  /**
   * Which linear layers of a block have a bias.
   *
   * @param query of attention
   * @param key of attention
   * @param value of attention
   * @param projection the output of attention
   * @param mlp both layers of the MLP
   */
  public record Bias(boolean query, boolean key, boolean value, boolean projection, boolean mlp) {

    /** Every layer has one. */
    public static final Bias ALL = new Bias(true, true, true, true, true);

    /** With or without biases of queries, keys and values. */
    public Bias withQkv(boolean present) {
      return new Bias(present, present, present, projection, mlp);
    }
  }

  /**
   * How tokens become one vector.
   *
   * @param pooling of the tokens
   * @param norm where the final norm acts
   * @param pooler length of ViT's {@code tanh(dense(x))} after the pooling, 0 for none
   * @param queries of {@link Pooling#QUERIES}; null for other poolings
   */
  public record Output(Pooling pooling, FinalNorm norm, int pooler, @Nullable QueryPool queries) {

    /** Checks the values. */
    public Output {
      require(pooler >= 0, "the pooler's length must be 0 or more, got " + pooler);
      require(
          (pooling == Pooling.QUERIES) == (queries != null),
          "pooling by queries, and no other, needs their number and heads");
    }

    /** A pooling after a norm of all tokens, or before a norm of their mean. */
    public static Output of(Pooling pooling) {
      boolean mean =
          pooling == Pooling.MEAN_PATCHES
              || pooling == Pooling.MAX_PATCHES
              || pooling == Pooling.MEAN_MAX;
      return new Output(pooling, mean ? FinalNorm.POOLED : FinalNorm.TOKENS, 0, null);
    }

    /** With the norm elsewhere. */
    public Output withNorm(FinalNorm place) {
      return new Output(pooling, place, pooler, queries);
    }

    /** With a pooler of this length. */
    public Output withPooler(int length) {
      return new Output(pooling, norm, length, queries);
    }
  }

  /**
   * OpenCLIP's attention pooler: learned queries attend to all tokens.
   *
   * @param count number of queries
   * @param heads of the attention
   * @param width length of the result
   * @param over how the queries are pooled: the first ({@link Pooling#CLASS_TOKEN}), or the mean of
   *     the others ({@link Pooling#MEAN_PATCHES})
   */
  public record QueryPool(int count, int heads, int width, Pooling over) {

    /** Checks the values. */
    public QueryPool {
      requirePositive("queries", count);
      requirePositive("heads", heads);
      requirePositive("width", width);
      require(
          width % heads == 0,
          "width " + width + " is not a multiple of the number of heads " + heads);
      require(
          over == Pooling.CLASS_TOKEN || over == Pooling.MEAN_PATCHES,
          "queries are pooled by CLASS_TOKEN or MEAN_PATCHES, not " + over);
      require(
          over == Pooling.CLASS_TOKEN || count > 1,
          "the mean leaves out query 0, and has no other");
    }
  }

  private static final double MLP_RATIO = 4;
  private static final double EPS = 1e-6;

  /**
   * Checks that the groups agree.
   *
   * @throws ShapeException naming the values that do not
   */
  public ViTConfig {
    require(
        tokens.positions != PositionEmbedding.SINCOS || blocks.width % 4 == 0,
        "sine-cosine positions require a width that is a multiple of 4, got " + blocks.width);
    require(
        tokens.positions != PositionEmbedding.ROTARY || blocks.width / blocks.heads % 4 == 0,
        "rotary positions require a head length that is a multiple of 4, got "
            + blocks.width / blocks.heads);
    require(
        output.pooling != Pooling.ATTENTION || !blocks.activation.isGated(),
        "an attention pool requires a plain activation, " + blocks.activation + " is gated");
    require(
        output.pooler == 0 || output.pooling == Pooling.CLASS_TOKEN,
        "a pooler follows the class token, not " + output.pooling);
    require(
        output.queries == null || output.norm == FinalNorm.POOLED,
        "pooling by queries precedes the final norm");
    output.pooling.require(tokens);
  }

  // ---- presets ----

  /** A plain network of the given shape: RGB, sine-cosine positions, class token, exact GELU. */
  public static ViTConfig of(int imageSize, int patchSize, int width, int depth, int heads) {
    return new ViTConfig(
        new Input(ImageSize.square(imageSize), patchSize, 3, true),
        Tokens.of(true, PositionEmbedding.SINCOS),
        new Blocks(width, depth, heads, MLP_RATIO, Activation.GELU, EPS, 0),
        Output.of(Pooling.CLASS_TOKEN));
  }

  /** The same for images of another shape. */
  public static ViTConfig of(ImageSize images, int patchSize, int width, int depth, int heads) {
    return of(patchSize, patchSize, width, depth, heads).withImageSize(images);
  }

  /** A plain network of a usual size. */
  public static ViTConfig of(ViTSize size, int imageSize, int patchSize) {
    return of(imageSize, patchSize, size.width(), size.depth(), size.heads());
  }

  /** Width 192, 12 blocks, 3 heads. */
  public static ViTConfig tiny(int imageSize, int patchSize) {
    return of(ViTSize.TINY, imageSize, patchSize);
  }

  /** Width 384, 12 blocks, 6 heads. */
  public static ViTConfig small(int imageSize, int patchSize) {
    return of(ViTSize.SMALL, imageSize, patchSize);
  }

  /** Width 768, 12 blocks, 12 heads. */
  public static ViTConfig base(int imageSize, int patchSize) {
    return of(ViTSize.BASE, imageSize, patchSize);
  }

  /** Width 1024, 24 blocks, 16 heads. */
  public static ViTConfig large(int imageSize, int patchSize) {
    return of(ViTSize.LARGE, imageSize, patchSize);
  }

  /** Width 1280, 32 blocks, 16 heads. */
  public static ViTConfig huge(int imageSize, int patchSize) {
    return of(ViTSize.HUGE, imageSize, patchSize);
  }

  /** The image tower of CLIP ViT-B/16 (Radford et al., arXiv 2103.00020). */
  public static ViTConfig clipB16() {
    return base(224, 16).asClip();
  }

  /** The image tower of CLIP ViT-L/14. */
  public static ViTConfig clipL14() {
    return large(224, 14).asClip();
  }

  /** DINO ViT-B/16 (Caron et al., arXiv 2104.14294). */
  public static ViTConfig dinoB16() {
    return base(224, 16).asDino();
  }

  // ---- families ----

  /** This size as in CLIP: quick GELU, norm before the blocks, no patch bias, epsilon 1e-5. */
  public ViTConfig asClip() {
    return withInput(new Input(imageSize(), patchSize(), channels(), false))
        .withTokens(Tokens.of(true, PositionEmbedding.LEARNED).withNorm(true))
        .withActivation(Activation.QUICK_GELU)
        .withNormEps(1e-5);
  }

  /** This size as in DINO: exact GELU, learned positions, epsilon 1e-12. */
  public ViTConfig asDino() {
    return withTokens(Tokens.of(true, PositionEmbedding.LEARNED)).withNormEps(1e-12);
  }

  /**
   * This size as in DINOv2 (Oquab et al., arXiv 2304.07193): layer scale, and registers without
   * positions (Darcet et al., arXiv 2309.16588), or none.
   */
  public ViTConfig asDinoV2(int registers) {
    return withTokens(Tokens.of(true, PositionEmbedding.LEARNED).withRegisters(registers))
        .withLayerScale(1e-5);
  }

  /**
   * This size as in DINOv3 (Simeoni et al., arXiv 2508.10104): rotary positions, registers, layer
   * scale, epsilon 1e-5.
   */
  public ViTConfig asDinoV3(int registers) {
    return withTokens(Tokens.of(true, PositionEmbedding.ROTARY).withRegisters(registers))
        .withLayerScale(1e-5)
        .withNormEps(1e-5);
  }

  /**
   * This size as in SigLIP (Zhai et al., arXiv 2303.15343): an attention pool instead of a class
   * token, GELU with tanh.
   */
  public ViTConfig asSiglip() {
    return withTokens(Tokens.of(false, PositionEmbedding.LEARNED))
        .withOutput(Output.of(Pooling.ATTENTION))
        .withActivation(Activation.TANH_GELU);
  }

  // ---- values of the groups ----

  /** Height and width of the images. */
  public ImageSize imageSize() {
    return input.imageSize;
  }

  /** Height and width of a patch. */
  public int patchSize() {
    return input.patchSize;
  }

  /** Color channels of the images. */
  public int channels() {
    return input.channels;
  }

  /** Length of a token, D. */
  public int width() {
    return blocks.width;
  }

  /** Number of blocks. */
  public int depth() {
    return blocks.depth;
  }

  /** Attention heads. */
  public int heads() {
    return blocks.heads;
  }

  /** Epsilon of every layer norm. */
  public double normEps() {
    return blocks.normEps;
  }

  /** Length of the pooled vector. */
  public int pooledWidth() {
    if (output.pooler > 0) {
      return output.pooler;
    }
    return switch (output.pooling) {
      case QUERIES -> Objects.requireNonNull(output.queries).width();
      case CLASS_AND_MEAN -> 2 * blocks.width;
      default -> blocks.width;
    };
  }

  /** Number of prefix tokens. */
  public int prefixTokens() {
    return tokens.prefix();
  }

  /** The patches of an image. */
  public Grid grid() {
    return new Grid(
        input.imageSize.height() / input.patchSize, input.imageSize.width() / input.patchSize);
  }

  /** Number of patches of an image. */
  public int patches() {
    return grid().patches();
  }

  /** Number of values of a patch. */
  public int patchValues() {
    return input.channels * input.patchSize * input.patchSize;
  }

  /** Hidden length of a block's MLP. */
  public int mlpWidth() {
    return blocks.mlpWidth();
  }

  // ---- changes ----

  /** With another patch embedding. */
  public ViTConfig withInput(Input other) {
    return new ViTConfig(other, tokens, blocks, output);
  }

  /** With other tokens; without a class token to pool by, the mean of the patches is pooled. */
  public ViTConfig withTokens(Tokens other) {
    boolean lost = output.pooling.needsClassToken() && !other.classToken;
    return new ViTConfig(
        input,
        other,
        blocks,
        lost ? new Output(Pooling.MEAN_PATCHES, output.norm, 0, null) : output);
  }

  /** With other blocks. */
  public ViTConfig withBlocks(Blocks other) {
    return new ViTConfig(input, tokens, other, output);
  }

  /** With another output. */
  public ViTConfig withOutput(Output other) {
    return new ViTConfig(input, tokens, blocks, other);
  }

  /** With another size of square images. */
  public ViTConfig withImageSize(int size) {
    return withImageSize(ImageSize.square(size));
  }

  /** With another image size. */
  public ViTConfig withImageSize(ImageSize size) {
    return withInput(new Input(size, input.patchSize, input.channels, input.bias));
  }

  /** With the images of another grid of patches. */
  public ViTConfig withGrid(Grid grid) {
    return withImageSize(
        new ImageSize(
            Math.multiplyExact(grid.rows(), input.patchSize),
            Math.multiplyExact(grid.columns(), input.patchSize)));
  }

  /** With another number of color channels. */
  public ViTConfig withChannels(int channels) {
    return withInput(new Input(input.imageSize, input.patchSize, channels, input.bias));
  }

  /** With another kind of positions; a table gets a row for every token. */
  public ViTConfig withPositions(PositionEmbedding positions) {
    boolean rotary = positions == PositionEmbedding.ROTARY;
    return withTokens(tokens.withPositions(positions, rotary ? 0 : tokens.prefix()));
  }

  /**
   * With another number of prefix tokens: none, the class token, or the class token and registers.
   * They get positions if there is a table.
   */
  public ViTConfig withPrefixTokens(int count) {
    require(count >= 0, "prefix tokens must be 0 or more, got " + count);
    boolean rotary = tokens.positions == PositionEmbedding.ROTARY;
    Tokens other =
        new Tokens(
            count > 0,
            false,
            Math.max(0, count - 1),
            tokens.positions,
            rotary ? 0 : count,
            tokens.norm,
            tokens.resampling,
            tokens.rotaryBase);
    boolean first = !tokens.classToken && count > 0 && output.pooling == Pooling.MEAN_PATCHES;
    return first
        ? new ViTConfig(input, other, blocks, Output.of(Pooling.CLASS_TOKEN))
        : withTokens(other);
  }

  /** With another number of blocks. */
  public ViTConfig withDepth(int depth) {
    return withBlocks(blocks.withSize(blocks.width, depth, blocks.heads));
  }

  /** With another number of heads. */
  public ViTConfig withHeads(int heads) {
    return withBlocks(blocks.withSize(blocks.width, blocks.depth, heads));
  }

  /** With another MLP. */
  public ViTConfig withMlp(double ratio, Activation activation) {
    return withBlocks(blocks.withMlp(ratio, activation));
  }

  /** With another activation. */
  public ViTConfig withActivation(Activation activation) {
    return withMlp(blocks.mlpRatio, activation);
  }

  /** With another epsilon of the layer norms. */
  public ViTConfig withNormEps(double eps) {
    return withBlocks(blocks.withNormEps(eps));
  }

  /** With layer scale, initialized to this value, or without, at 0. */
  public ViTConfig withLayerScale(double first) {
    return withBlocks(blocks.withLayerScale(first));
  }

  private static void requirePositive(String what, int value) {
    require(value > 0, what + " must be positive, got " + value);
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new ShapeException("ViT: " + problem);
    }
  }
}

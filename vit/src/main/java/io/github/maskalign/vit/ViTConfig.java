package io.github.maskalign.vit;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.vit.image.ImageSize;

/**
 * The configuration of a Vision Transformer (Dosovitskiy et al., arXiv 2010.11929). Start from a
 * preset and change what differs: {@code ViTConfig.tiny(32, 4).withChannels(1)}.
 *
 * @param input the patch embedding
 * @param tokens the input of the first block
 * @param blocks the Transformer blocks
 * @param attentionPool whether a head pools the tokens by attention from a learned query, as in
 *     SigLIP
 * @since 0.1.0
 */
public record ViTConfig(Input input, Tokens tokens, Blocks blocks, boolean attentionPool) {

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
   * @param prefix number of prefix tokens: the class token, then registers
   * @param classToken whether the first prefix token is the class token
   * @param positions kind of position embeddings
   * @param positionedPrefix number of prefix tokens, from the first, with a row in the position
   *     table: all, the class token only, or none
   * @param norm whether a layer norm precedes the blocks, as in CLIP
   */
  public record Tokens(
      int prefix,
      boolean classToken,
      PositionEmbedding positions,
      int positionedPrefix,
      boolean norm) {

    /** Checks the values. */
    public Tokens {
      require(prefix >= 0, "prefix tokens must be 0 or more, got " + prefix);
      require(!classToken || prefix > 0, "a class token requires at least one prefix token, got 0");
      require(
          positionedPrefix >= 0 && positionedPrefix <= prefix,
          positionedPrefix
              + " tokens with positions exceed the number of prefix tokens, "
              + prefix);
    }

    /** Number of prefix tokens other than the class token. */
    public int registers() {
      return prefix - (classToken ? 1 : 0);
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
   */
  public record Blocks(
      int width,
      int depth,
      int heads,
      double mlpRatio,
      Activation activation,
      double normEps,
      double layerScale) {

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

    /** Length of the hidden layer of a block's MLP. */
    public int mlpWidth() {
      return (int) Math.round(width * mlpRatio);
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
        !attentionPool || blocks.activation.gelu() != null,
        "an attention pool requires a GELU activation, SwiGLU has none");
  }

  // ---- presets ----

  /** A plain network of the given shape: RGB, sine-cosine positions, class token, exact GELU. */
  public static ViTConfig of(int imageSize, int patchSize, int width, int depth, int heads) {
    return new ViTConfig(
        new Input(ImageSize.square(imageSize), patchSize, 3, true),
        new Tokens(1, true, PositionEmbedding.SINCOS, 1, false),
        new Blocks(width, depth, heads, MLP_RATIO, Activation.GELU, EPS, 0),
        false);
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
        .withTokens(new Tokens(1, true, PositionEmbedding.LEARNED, 1, true))
        .withActivation(Activation.QUICK_GELU)
        .withNormEps(1e-5);
  }

  /** This size as in DINO: exact GELU, learned positions, epsilon 1e-12. */
  public ViTConfig asDino() {
    return asLearned(1, 1).withNormEps(1e-12);
  }

  /**
   * This size as in DINOv2 (Oquab et al., arXiv 2304.07193): layer scale, and registers without
   * positions (Darcet et al., arXiv 2309.16588), or none.
   */
  public ViTConfig asDinoV2(int registers) {
    return asLearned(1 + registers, 1).withLayerScale(1e-5);
  }

  /**
   * This size as in DINOv3 (Simeoni et al., arXiv 2508.10104): rotary positions, registers, layer
   * scale, epsilon 1e-5.
   */
  public ViTConfig asDinoV3(int registers) {
    return withTokens(new Tokens(1 + registers, true, PositionEmbedding.ROTARY, 0, false))
        .withLayerScale(1e-5)
        .withNormEps(1e-5);
  }

  /**
   * This size as in SigLIP (Zhai et al., arXiv 2303.15343): an attention pool instead of a class
   * token, GELU with tanh.
   */
  public ViTConfig asSiglip() {
    return asLearned(0, 0).withActivation(Activation.TANH_GELU).withAttentionPool(true);
  }

  private ViTConfig asLearned(int prefix, int positioned) {
    return withTokens(new Tokens(prefix, prefix > 0, PositionEmbedding.LEARNED, positioned, false));
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

  /** Number of prefix tokens. */
  public int prefixTokens() {
    return tokens.prefix;
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
    return new ViTConfig(other, tokens, blocks, attentionPool);
  }

  /** With other tokens. */
  public ViTConfig withTokens(Tokens other) {
    return new ViTConfig(input, other, blocks, attentionPool);
  }

  /** With other blocks. */
  public ViTConfig withBlocks(Blocks other) {
    return new ViTConfig(input, tokens, other, attentionPool);
  }

  /** With an attention pool or without. */
  public ViTConfig withAttentionPool(boolean pool) {
    return new ViTConfig(input, tokens, blocks, pool);
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
    int positioned = positions == PositionEmbedding.ROTARY ? 0 : tokens.prefix;
    return withTokens(
        new Tokens(tokens.prefix, tokens.classToken, positions, positioned, tokens.norm));
  }

  /**
   * With another number of prefix tokens: none, the class token, or the class token and registers.
   * They get positions if there is a table.
   */
  public ViTConfig withPrefixTokens(int count) {
    int positioned = tokens.positions == PositionEmbedding.ROTARY ? 0 : Math.max(0, count);
    return withTokens(new Tokens(count, count > 0, tokens.positions, positioned, tokens.norm));
  }

  /** With another number of blocks. */
  public ViTConfig withDepth(int depth) {
    Blocks b = blocks;
    return withBlocks(
        new Blocks(b.width, depth, b.heads, b.mlpRatio, b.activation, b.normEps, b.layerScale));
  }

  /** With another number of heads. */
  public ViTConfig withHeads(int heads) {
    Blocks b = blocks;
    return withBlocks(
        new Blocks(b.width, b.depth, heads, b.mlpRatio, b.activation, b.normEps, b.layerScale));
  }

  /** With another MLP. */
  public ViTConfig withMlp(double ratio, Gelu gelu) {
    return withMlp(ratio, Activation.of(gelu));
  }

  /** With another MLP. */
  public ViTConfig withMlp(double ratio, Activation activation) {
    Blocks b = blocks;
    return withBlocks(
        new Blocks(b.width, b.depth, b.heads, ratio, activation, b.normEps, b.layerScale));
  }

  /** With another activation. */
  public ViTConfig withActivation(Activation activation) {
    return withMlp(blocks.mlpRatio, activation);
  }

  /** With another epsilon of the layer norms. */
  public ViTConfig withNormEps(double eps) {
    Blocks b = blocks;
    return withBlocks(
        new Blocks(b.width, b.depth, b.heads, b.mlpRatio, b.activation, eps, b.layerScale));
  }

  /** With layer scale, initialized to this value, or without, at 0. */
  public ViTConfig withLayerScale(double first) {
    Blocks b = blocks;
    return withBlocks(
        new Blocks(b.width, b.depth, b.heads, b.mlpRatio, b.activation, b.normEps, first));
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

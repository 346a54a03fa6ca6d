package io.github.maskalign.vit;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.ImageSize;
import java.util.Objects;

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
public record ViTConfig(
    InputConfig input, TokenConfig tokens, BlockConfig blocks, OutputConfig output) {

  private static final double MLP_RATIO = 4;
  private static final double EPS = 1e-6;

  /**
   * Checks that the groups agree.
   *
   * @throws ShapeException naming the values that do not
   */
  public ViTConfig {
    require(
        tokens.positions() != PositionEmbedding.SINCOS || blocks.width() % 4 == 0,
        "sine-cosine positions require a width that is a multiple of 4, got " + blocks.width());
    require(
        tokens.positions() != PositionEmbedding.ROTARY || blocks.width() / blocks.heads() % 4 == 0,
        "rotary positions require a head length that is a multiple of 4, got "
            + blocks.width() / blocks.heads());
    require(
        output.pooling() != Pooling.ATTENTION || !blocks.activation().isGated(),
        "an attention pool requires an activation without gate");
    require(
        output.pooler() == 0 || output.pooling() == Pooling.CLASS_TOKEN,
        "a pooler follows the class token, not " + output.pooling().title());
    require(
        output.queries() == null || output.norm() == FinalNorm.POOLED,
        "pooling by queries precedes the final norm");
    output.pooling().require(tokens);
  }

  // ---- presets ----

  /**
   * A plain network of the given shape: RGB, sine-cosine positions, class token, exact GELU.
   *
   * @throws ShapeException if the image size is not a multiple of the patch size
   */
  public static ViTConfig of(int imageSize, int patchSize, int width, int depth, int heads) {
    require(
        patchSize < 1 || imageSize % patchSize == 0,
        "image size " + imageSize + " is not a multiple of the patch size " + patchSize);
    return new ViTConfig(
        new InputConfig(ImageSize.square(imageSize), patchSize, 3, true),
        TokenConfig.of(true, PositionEmbedding.SINCOS),
        new BlockConfig(width, depth, heads, MLP_RATIO, Activation.GELU, EPS, 0),
        OutputConfig.of(Pooling.CLASS_TOKEN));
  }

  /**
   * The same for images of another shape; as in published networks, they may be no whole patches.
   */
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
    return withInput(new InputConfig(imageSize(), patchSize(), channels(), false))
        .withTokens(TokenConfig.of(true, PositionEmbedding.LEARNED).withNorm(true))
        .withActivation(Activation.QUICK_GELU)
        .withNormEps(1e-5);
  }

  /** This size as in DINO: exact GELU, learned positions, epsilon 1e-12. */
  public ViTConfig asDino() {
    return withTokens(TokenConfig.of(true, PositionEmbedding.LEARNED)).withNormEps(1e-12);
  }

  /**
   * This size as in DINOv2 (Oquab et al., arXiv 2304.07193): layer scale, and registers without
   * positions (Darcet et al., arXiv 2309.16588), or none.
   */
  public ViTConfig asDinoV2(int registers) {
    return withTokens(TokenConfig.of(true, PositionEmbedding.LEARNED).withRegisters(registers))
        .withLayerScale(1e-5);
  }

  /**
   * This size as in DINOv3 (Simeoni et al., arXiv 2508.10104): rotary positions, registers, layer
   * scale, epsilon 1e-5.
   */
  public ViTConfig asDinoV3(int registers) {
    return withTokens(TokenConfig.of(true, PositionEmbedding.ROTARY).withRegisters(registers))
        .withLayerScale(1e-5)
        .withNormEps(1e-5);
  }

  /**
   * This size as in SigLIP (Zhai et al., arXiv 2303.15343): an attention pool instead of a class
   * token, GELU with tanh.
   */
  public ViTConfig asSiglip() {
    return withTokens(TokenConfig.of(false, PositionEmbedding.LEARNED))
        .withOutput(OutputConfig.of(Pooling.ATTENTION))
        .withActivation(Activation.TANH_GELU);
  }

  // ---- values of the groups ----

  /** Height and width of the images. */
  public ImageSize imageSize() {
    return input.imageSize();
  }

  /** Height and width of a patch. */
  public int patchSize() {
    return input.patchSize();
  }

  /** Color channels of the images. */
  public int channels() {
    return input.channels();
  }

  /** Length of a token, D. */
  public int width() {
    return blocks.width();
  }

  /** Number of blocks. */
  public int depth() {
    return blocks.depth();
  }

  /** Attention heads. */
  public int heads() {
    return blocks.heads();
  }

  /** Epsilon of every layer norm. */
  public double normEps() {
    return blocks.normEps();
  }

  /** Length of the pooled vector. */
  public int pooledWidth() {
    if (output.pooler() > 0) {
      return output.pooler();
    }
    return switch (output.pooling()) {
      case QUERIES -> Objects.requireNonNull(output.queries()).width();
      case CLASS_AND_MEAN, CLASS_AND_DISTILLATION -> 2 * blocks.width();
      default -> blocks.width();
    };
  }

  /** Number of prefix tokens. */
  public int prefixTokens() {
    return tokens.prefix();
  }

  /** The patches of an image. */
  public Grid grid() {
    return new Grid(
        input.imageSize().height() / input.patchSize(),
        input.imageSize().width() / input.patchSize());
  }

  /** Number of patches of an image. */
  public int patches() {
    return grid().patches();
  }

  /** Number of values of a patch. */
  public int patchValues() {
    return input.channels() * input.patchSize() * input.patchSize();
  }

  /** Hidden length of a block's MLP. */
  public int mlpWidth() {
    return blocks.mlpWidth();
  }

  // ---- changes ----

  /** With another patch embedding. */
  public ViTConfig withInput(InputConfig other) {
    return new ViTConfig(other, tokens, blocks, output);
  }

  /** With other tokens; without those to pool by, the mean of the patches is pooled. */
  public ViTConfig withTokens(TokenConfig other) {
    boolean lost = !output.pooling().fits(other);
    return new ViTConfig(
        input,
        other,
        blocks,
        lost ? new OutputConfig(Pooling.MEAN_PATCHES, output.norm(), 0, null) : output);
  }

  /** With other blocks. */
  public ViTConfig withBlocks(BlockConfig other) {
    return new ViTConfig(input, tokens, other, output);
  }

  /** With another output. */
  public ViTConfig withOutput(OutputConfig other) {
    return new ViTConfig(input, tokens, blocks, other);
  }

  /** With another size of square images. */
  public ViTConfig withImageSize(int size) {
    return withImageSize(ImageSize.square(size));
  }

  /** With another image size. */
  public ViTConfig withImageSize(ImageSize size) {
    return withInput(new InputConfig(size, input.patchSize(), input.channels(), input.bias()));
  }

  /** With the images of another grid of patches. */
  public ViTConfig withGrid(Grid grid) {
    return withImageSize(
        new ImageSize(
            Math.multiplyExact(grid.rows(), input.patchSize()),
            Math.multiplyExact(grid.columns(), input.patchSize())));
  }

  /** With another number of color channels. */
  public ViTConfig withChannels(int channels) {
    return withInput(new InputConfig(input.imageSize(), input.patchSize(), channels, input.bias()));
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
    boolean rotary = tokens.positions() == PositionEmbedding.ROTARY;
    TokenConfig other =
        new TokenConfig(
            count > 0,
            false,
            Math.max(0, count - 1),
            tokens.positions(),
            rotary ? 0 : count,
            tokens.norm(),
            tokens.resampling(),
            tokens.rotaryBase());
    boolean first = !tokens.classToken() && count > 0 && output.pooling() == Pooling.MEAN_PATCHES;
    return first
        ? new ViTConfig(input, other, blocks, OutputConfig.of(Pooling.CLASS_TOKEN))
        : withTokens(other);
  }

  /** With another number of blocks. */
  public ViTConfig withDepth(int depth) {
    return withBlocks(blocks.withSize(blocks.width(), depth, blocks.heads()));
  }

  /** With another number of heads. */
  public ViTConfig withHeads(int heads) {
    return withBlocks(blocks.withSize(blocks.width(), blocks.depth(), heads));
  }

  /** With another MLP. */
  public ViTConfig withMlp(double ratio, Activation activation) {
    return withBlocks(blocks.withMlp(ratio, activation));
  }

  /** With another activation. */
  public ViTConfig withActivation(Activation activation) {
    return withMlp(blocks.mlpRatio(), activation);
  }

  /** With another epsilon of the layer norms. */
  public ViTConfig withNormEps(double eps) {
    return withBlocks(blocks.withNormEps(eps));
  }

  /** With layer scale, initialized to this value, or without, at 0. */
  public ViTConfig withLayerScale(double first) {
    return withBlocks(blocks.withLayerScale(first));
  }

  static void requirePositive(String what, int value) {
    require(value > 0, what + " must be positive, got " + value);
  }

  static void require(boolean holds, String problem) {
    if (!holds) {
      throw new ShapeException("ViT: " + problem);
    }
  }
}

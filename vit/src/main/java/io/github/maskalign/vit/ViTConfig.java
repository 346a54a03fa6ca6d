package io.github.maskalign.vit;

import io.github.maskalign.tensor.Gelu;
import io.github.maskalign.tensor.ShapeException;

/**
 * The shape of a Vision Transformer (Dosovitskiy et al., arXiv 2010.11929). Start from a preset and
 * change what differs: {@code ViTConfig.tiny(32, 4).withChannels(1)}.
 *
 * @param imageSize height and width of the images
 * @param patchSize height and width of a patch; divides the image size
 * @param channels colour channels of the images
 * @param width length of a token, D
 * @param depth number of blocks
 * @param heads attention heads; divides the width
 * @param mlpRatio hidden length of a block's MLP over the width
 * @param positions how patches learn where they are
 * @param prefixTokens learned tokens before the patches: none, the class token, or the class token
 *     and registers
 * @param activation of the MLPs
 * @param normEps of every layer norm
 * @param preNorm whether a layer norm precedes the blocks, as in CLIP
 * @param patchBias whether the patch projection has a bias
 */
public record ViTConfig(
    int imageSize,
    int patchSize,
    int channels,
    int width,
    int depth,
    int heads,
    double mlpRatio,
    PositionEmbedding positions,
    int prefixTokens,
    Gelu activation,
    double normEps,
    boolean preNorm,
    boolean patchBias) {

  /**
   * Checks that the numbers fit together.
   *
   * @throws ShapeException naming those that do not
   */
  public ViTConfig {
    requirePositive("image size", imageSize);
    requirePositive("patch size", patchSize);
    requirePositive("channels", channels);
    requirePositive("width", width);
    requirePositive("depth", depth);
    requirePositive("heads", heads);
    require(
        imageSize % patchSize == 0,
        "image size " + imageSize + " is not a multiple of the patch size " + patchSize);
    require(
        width % heads == 0,
        "width " + width + " is not a multiple of the number of heads " + heads);
    require(
        positions != PositionEmbedding.SINCOS || width % 4 == 0,
        "sine-cosine positions need a width that is a multiple of 4, got " + width);
    require(
        Math.round(width * mlpRatio) >= 1,
        "MLP ratio " + mlpRatio + " leaves no hidden channel at width " + width);
    require(prefixTokens >= 0, "prefix tokens must be 0 or more, got " + prefixTokens);
    require(normEps > 0, "layer norm eps must be positive, got " + normEps);
  }

  /** An ordinary network of the given size: RGB, sine-cosine positions, class token, exact GELU. */
  public static ViTConfig of(int imageSize, int patchSize, int width, int depth, int heads) {
    return new ViTConfig(
        imageSize,
        patchSize,
        3,
        width,
        depth,
        heads,
        4,
        PositionEmbedding.SINCOS,
        1,
        Gelu.ERF,
        1e-6,
        false,
        true);
  }

  /** Width 192, 12 blocks, 3 heads. */
  public static ViTConfig tiny(int imageSize, int patchSize) {
    return of(imageSize, patchSize, 192, 12, 3);
  }

  /** Width 384, 12 blocks, 6 heads. */
  public static ViTConfig small(int imageSize, int patchSize) {
    return of(imageSize, patchSize, 384, 12, 6);
  }

  /** Width 768, 12 blocks, 12 heads. */
  public static ViTConfig base(int imageSize, int patchSize) {
    return of(imageSize, patchSize, 768, 12, 12);
  }

  /** Width 1024, 24 blocks, 16 heads. */
  public static ViTConfig large(int imageSize, int patchSize) {
    return of(imageSize, patchSize, 1024, 24, 16);
  }

  /** Width 1280, 32 blocks, 16 heads. */
  public static ViTConfig huge(int imageSize, int patchSize) {
    return of(imageSize, patchSize, 1280, 32, 16);
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

  /** This size in CLIP's flavour: quick GELU, norm before the blocks, no patch bias, eps 1e-5. */
  public ViTConfig asClip() {
    return new ViTConfig(
        imageSize,
        patchSize,
        channels,
        width,
        depth,
        heads,
        mlpRatio,
        PositionEmbedding.LEARNED,
        1,
        Gelu.QUICK,
        1e-5,
        true,
        false);
  }

  /** This size in DINO's flavour: exact GELU, learned positions, eps 1e-12. */
  public ViTConfig asDino() {
    return new ViTConfig(
        imageSize,
        patchSize,
        channels,
        width,
        depth,
        heads,
        mlpRatio,
        PositionEmbedding.LEARNED,
        1,
        Gelu.ERF,
        1e-12,
        false,
        true);
  }

  /** Patches along one side. */
  public int grid() {
    return imageSize / patchSize;
  }

  /** Patches of an image. */
  public int patches() {
    return grid() * grid();
  }

  /** Values of one patch. */
  public int patchValues() {
    return channels * patchSize * patchSize;
  }

  /** Hidden length of a block's MLP. */
  public int mlpWidth() {
    return (int) Math.round(width * mlpRatio);
  }

  /** With another image size. */
  public ViTConfig withImageSize(int newImageSize) {
    return new ViTConfig(
        newImageSize,
        patchSize,
        channels,
        width,
        depth,
        heads,
        mlpRatio,
        positions,
        prefixTokens,
        activation,
        normEps,
        preNorm,
        patchBias);
  }

  /** With another number of colour channels. */
  public ViTConfig withChannels(int newChannels) {
    return new ViTConfig(
        imageSize,
        patchSize,
        newChannels,
        width,
        depth,
        heads,
        mlpRatio,
        positions,
        prefixTokens,
        activation,
        normEps,
        preNorm,
        patchBias);
  }

  /** With another number of blocks. */
  public ViTConfig withDepth(int newDepth) {
    return new ViTConfig(
        imageSize,
        patchSize,
        channels,
        width,
        newDepth,
        heads,
        mlpRatio,
        positions,
        prefixTokens,
        activation,
        normEps,
        preNorm,
        patchBias);
  }

  /** With another MLP. */
  public ViTConfig withMlp(double newRatio, Gelu newActivation) {
    return new ViTConfig(
        imageSize,
        patchSize,
        channels,
        width,
        depth,
        heads,
        newRatio,
        positions,
        prefixTokens,
        newActivation,
        normEps,
        preNorm,
        patchBias);
  }

  /** With another kind of positions. */
  public ViTConfig withPositions(PositionEmbedding newPositions) {
    return new ViTConfig(
        imageSize,
        patchSize,
        channels,
        width,
        depth,
        heads,
        mlpRatio,
        newPositions,
        prefixTokens,
        activation,
        normEps,
        preNorm,
        patchBias);
  }

  /** With another number of tokens before the patches. */
  public ViTConfig withPrefixTokens(int newPrefixTokens) {
    return new ViTConfig(
        imageSize,
        patchSize,
        channels,
        width,
        depth,
        heads,
        mlpRatio,
        positions,
        newPrefixTokens,
        activation,
        normEps,
        preNorm,
        patchBias);
  }

  /** With another layer norm eps. */
  public ViTConfig withNormEps(double newEps) {
    return new ViTConfig(
        imageSize,
        patchSize,
        channels,
        width,
        depth,
        heads,
        mlpRatio,
        positions,
        prefixTokens,
        activation,
        newEps,
        preNorm,
        patchBias);
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

package io.github.maskalign.vit;

import static io.github.maskalign.vit.ViTConfig.require;
import static io.github.maskalign.vit.ViTConfig.requirePositive;

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
 * @since 0.1.0
 */
public record BlockConfig(
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
  public BlockConfig {
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
  public BlockConfig(
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
  public BlockConfig withSize(int newWidth, int newDepth, int newHeads) {
    return new BlockConfig(
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
  public BlockConfig withMlp(double ratio, Activation kind) {
    return new BlockConfig(
        width, depth, heads, ratio, kind, normEps, layerScale, bias, queryKeyNorm);
  }

  /** With another epsilon. */
  public BlockConfig withNormEps(double eps) {
    return new BlockConfig(
        width, depth, heads, mlpRatio, activation, eps, layerScale, bias, queryKeyNorm);
  }

  /** With layer scale, initialized to this value, or without, at 0. */
  public BlockConfig withLayerScale(double first) {
    return new BlockConfig(
        width, depth, heads, mlpRatio, activation, normEps, first, bias, queryKeyNorm);
  }

  /** With other biases. */
  public BlockConfig withBias(Bias other) {
    return new BlockConfig(
        width, depth, heads, mlpRatio, activation, normEps, layerScale, other, queryKeyNorm);
  }

  /** With a norm of queries and keys or without. */
  public BlockConfig withQueryKeyNorm(boolean norm) {
    return new BlockConfig(
        width, depth, heads, mlpRatio, activation, normEps, layerScale, bias, norm);
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
}

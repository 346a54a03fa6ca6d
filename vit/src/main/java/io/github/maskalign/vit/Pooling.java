package io.github.maskalign.vit;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;
import java.util.OptionalInt;

/**
 * How the tokens of an image become one vector: tokens [B, T, D] -> [B, D].
 *
 * @since 0.1.0
 */
public enum Pooling {
  /** The class token, {@code token} in timm. */
  CLASS_TOKEN("the class token"),
  /** The mean of the patch tokens, {@code avg} in timm. */
  MEAN_PATCHES("the mean of the patches"),
  /** The mean of all tokens. */
  MEAN_TOKENS("the mean of all tokens"),
  /** The maximum of the patch tokens, {@code max} in timm. */
  MAX_PATCHES("the maximum of the patches"),
  /** Half the sum of maximum and mean of the patch tokens, {@code avgmax} in timm. */
  MEAN_MAX("the maximum and mean of the patches"),
  /** Attention from a learned query to the patches, {@code map} in timm, as in SigLIP. */
  ATTENTION("attention"),
  /** Attention from several learned queries to all tokens, as in CoCa. */
  QUERIES("learned queries"),
  /** The class token, then the mean of the patch tokens: [B, 2 D], as in DINOv2's classifiers. */
  CLASS_AND_MEAN("the class token and the mean of the patches"),
  /** The class token, then the distillation token: [B, 2 D], as in DeiT's classifiers. */
  CLASS_AND_DISTILLATION("the class token and the distillation token"),
  /** Half the sum of class token and distillation token, as in timm's distilled networks. */
  MEAN_CLASS_AND_DISTILLATION("the mean of class token and distillation token"),
  /** None: all tokens [B, T, D], an empty {@code global_pool} in timm. */
  NONE("nothing");

  private final String title;

  Pooling(String title) {
    this.title = title;
  }

  /** What it pools by, in words: "the mean of the patches". */
  public String title() {
    return title;
  }

  /** The class token if the network has one, else the mean of the patch tokens. */
  public static Pooling of(ViTConfig config) {
    return config.tokens().classToken() ? CLASS_TOKEN : MEAN_PATCHES;
  }

  /** The number of first tokens of an image that it pools alone; empty if it pools others too. */
  public OptionalInt leadingTokens() {
    return switch (this) {
      case CLASS_TOKEN -> OptionalInt.of(1);
      case CLASS_AND_DISTILLATION, MEAN_CLASS_AND_DISTILLATION -> OptionalInt.of(2);
      case MEAN_PATCHES,
          MEAN_TOKENS,
          MAX_PATCHES,
          MEAN_MAX,
          ATTENTION,
          QUERIES,
          CLASS_AND_MEAN,
          NONE ->
          OptionalInt.empty();
    };
  }

  /** Whether a network has the tokens to pool. */
  boolean fits(TokenConfig tokens) {
    return switch (this) {
      case CLASS_TOKEN, CLASS_AND_MEAN -> tokens.classToken();
      case CLASS_AND_DISTILLATION, MEAN_CLASS_AND_DISTILLATION ->
          tokens.classToken() && tokens.distillationToken();
      case MEAN_PATCHES, MEAN_TOKENS, MAX_PATCHES, MEAN_MAX, ATTENTION, QUERIES, NONE -> true;
    };
  }

  /** Whether it has parameters, so that only a network made with it can pool so. */
  public boolean isLearned() {
    return this == ATTENTION || this == QUERIES;
  }

  /**
   * tokens [B, T, D] -> [B, D], or of the shape that the constant states.
   *
   * @throws ShapeException if the network lacks a token to pool by, or pooling is learned
   */
  public Tensor pool(Ops ops, ViTConfig config, Tensor tokens) {
    require(config.tokens());
    return switch (this) {
      case CLASS_TOKEN -> ops.reshape(ops.slice(tokens, 1, 0, 1), tokens.dim(0), tokens.dim(2));
      case MEAN_PATCHES -> ops.mean(patches(ops, config, tokens), false, 1);
      case MEAN_TOKENS -> ops.mean(tokens, false, 1);
      case MAX_PATCHES -> ops.max(patches(ops, config, tokens), false, 1);
      case MEAN_MAX -> {
        Tensor patches = patches(ops, config, tokens);
        Tensor sum = ops.add(ops.max(patches, false, 1), ops.mean(patches, false, 1));
        yield ops.affine(sum, 0.5, 0);
      }
      case CLASS_AND_MEAN ->
          ops.concat(
              List.of(
                  CLASS_TOKEN.pool(ops, config, tokens), MEAN_PATCHES.pool(ops, config, tokens)),
              1);
      case CLASS_AND_DISTILLATION ->
          ops.reshape(ops.slice(tokens, 1, 0, 2), tokens.dim(0), 2 * tokens.dim(2));
      case MEAN_CLASS_AND_DISTILLATION -> ops.mean(ops.slice(tokens, 1, 0, 2), false, 1);
      case NONE -> tokens;
      case ATTENTION, QUERIES ->
          throw new ShapeException("ViT: pooling by " + title + " has parameters; use ViT.pooled");
    };
  }

  /**
   * tokens [B, T, D] of {@link TokenMerging} -> [B, D], or of the shape that the constant states: a
   * mean weights each token by the patches that it stands for.
   *
   * @param sizes [B, T], of the type of the tokens: the patches of each token, 1 for the prefix
   * @throws ShapeException if the network lacks a token to pool by, or merged tokens cannot be
   *     pooled so
   */
  public Tensor pool(Ops ops, ViTConfig config, Tensor tokens, Tensor sizes) {
    requireMerged();
    int first = config.prefixTokens();
    return switch (this) {
      case MEAN_TOKENS -> weightedMean(ops, tokens, sizes);
      case MEAN_PATCHES ->
          weightedMean(ops, patches(ops, config, tokens), ops.slice(sizes, 1, first, sizes.dim(1)));
      case CLASS_AND_MEAN ->
          ops.concat(
              List.of(
                  CLASS_TOKEN.pool(ops, config, tokens),
                  MEAN_PATCHES.pool(ops, config, tokens, sizes)),
              1);
      default -> pool(ops, config, tokens);
    };
  }

  private static Tensor weightedMean(Ops ops, Tensor x, Tensor weights) {
    Tensor column = ops.reshape(weights, weights.dim(0), weights.dim(1), 1);
    return ops.div(ops.sum(ops.mul(x, column), false, 1), ops.sum(weights, true, 1));
  }

  /**
   * Checks that merged tokens can be pooled.
   *
   * @throws ShapeException if a maximum, learned queries or all patches are wanted
   */
  void requireMerged() {
    switch (this) {
      case MAX_PATCHES, MEAN_MAX, QUERIES, NONE ->
          throw new ShapeException(
              ("token merging: merged tokens cannot be pooled by %s; use the class token, the mean"
                      + " or attention, or do not merge")
                  .formatted(title));
      default -> {}
    }
  }

  /**
   * Checks that the network has the tokens to pool.
   *
   * @throws ShapeException if it lacks the class token or the distillation token to pool by
   */
  void require(TokenConfig tokens) {
    if (!fits(tokens)) {
      throw new ShapeException(
          tokens.classToken()
              ? "ViT: this network has no distillation token to pool by; use the class token"
              : "ViT: this network has no class token to pool by; use the mean of the patches");
    }
  }

  /**
   * tokens [B, T, D] -> [B, 2 D]: the class token, then the mean of the patch tokens; [B, D], the
   * mean alone, for a network without class token.
   */
  public static Tensor classAndMean(Ops ops, ViTConfig config, Tensor tokens) {
    return classAndMean(config).pool(ops, config, tokens);
  }

  /** The same of merged tokens, with a mean that is weighted by their sizes [B, T]. */
  static Tensor classAndMean(Ops ops, ViTConfig config, Tensor tokens, Tensor sizes) {
    return classAndMean(config).pool(ops, config, tokens, sizes);
  }

  private static Pooling classAndMean(ViTConfig config) {
    return config.tokens().classToken() ? CLASS_AND_MEAN : MEAN_PATCHES;
  }

  /** tokens [B, T, D] -> [B, N, D]: the tokens after the prefix. */
  public static Tensor patches(Ops ops, ViTConfig config, Tensor tokens) {
    return ops.slice(tokens, 1, config.prefixTokens(), tokens.dim(1));
  }
}

package io.github.maskalign.vit;

import static io.github.maskalign.vit.ViTConfig.require;
import static io.github.maskalign.vit.ViTConfig.requirePositive;

import org.jspecify.annotations.Nullable;

/**
 * How tokens become one vector.
 *
 * @param pooling of the tokens
 * @param norm where the final norm acts
 * @param pooler length of ViT's {@code tanh(dense(x))} after the pooling, 0 for none
 * @param queries of {@link Pooling#QUERIES}; null for other poolings
 * @since 0.1.0
 */
public record OutputConfig(
    Pooling pooling, FinalNorm norm, int pooler, @Nullable QueryPool queries) {

  /** Checks the values. */
  public OutputConfig {
    require(pooler >= 0, "the pooler's length must be 0 or more, got " + pooler);
    require(
        (pooling == Pooling.QUERIES) == (queries != null),
        "pooling by queries, and no other, needs their number and heads");
  }

  /** A pooling after a norm of all tokens, or before a norm of their mean. */
  public static OutputConfig of(Pooling pooling) {
    boolean mean =
        pooling == Pooling.MEAN_PATCHES
            || pooling == Pooling.MAX_PATCHES
            || pooling == Pooling.MEAN_MAX;
    return new OutputConfig(pooling, mean ? FinalNorm.POOLED : FinalNorm.TOKENS, 0, null);
  }

  /** With the norm elsewhere. */
  public OutputConfig withNorm(FinalNorm place) {
    return new OutputConfig(pooling, place, pooler, queries);
  }

  /** With a pooler of this length. */
  public OutputConfig withPooler(int length) {
    return new OutputConfig(pooling, norm, length, queries);
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

    /** Epsilon of the norms of queries and tokens: OpenCLIP's, whatever that of the others is. */
    public static final double NORM_EPS = 1e-5;

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
          "queries are pooled by the first or by the mean of the others, not by " + over.title());
      require(
          over == Pooling.CLASS_TOKEN || count > 1,
          "the mean leaves out query 0, and has no other");
    }
  }
}

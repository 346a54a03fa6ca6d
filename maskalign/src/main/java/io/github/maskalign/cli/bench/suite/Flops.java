package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.vit.ViTConfig;

/**
 * Operations in products, a multiply-add being two. What is computed twice to save memory counts
 * once; norms, softmax, GELU and losses do not count.
 */
final class Flops {

  private Flops() {}

  /** {@code [m, k] x [k, n]}. */
  static double product(long m, long n, long k) {
    return 2.0 * m * n * k;
  }

  /** Scores and mixtures of all heads, which are {@code width} wide together. */
  static double attention(int batch, int tokens, int width) {
    return attention(batch, tokens, tokens, width);
  }

  private static double attention(int batch, int queries, int tokens, int width) {
    return 2 * batch * product(queries, tokens, width);
  }

  /** Its derivative: two products for each of the two. */
  static double attentionGrad(int batch, int tokens, int width) {
    return 2 * attention(batch, tokens, width);
  }

  /** A forward pass over whole images whose last block computes the output of some tokens. */
  static double forward(ViTConfig config, int batch, int lastTokens) {
    int tokens = config.prefixTokens() + config.patches();
    int width = config.width();
    ViTConfig before = config.withDepth(config.depth() - 1);
    return embedding(config, batch, config.patches())
        + blocks(before, batch, tokens)
        + product((long) batch * tokens, 3L * width, width)
        + attention(batch, lastTokens, tokens, width)
        + afterAttention(config, (long) batch * lastTokens);
  }

  /** A training step without the teacher: the backward pass has two products for each of one. */
  static double step(AlignmentPlan plan, ViTConfig config, int batch) {
    int tokens = config.prefixTokens() + plan.keptPatches();
    long rows = (long) batch * tokens;
    double heads =
        plan.levels().size() * product(rows, plan.teacher().width(), plan.student().width());
    // Images need no gradient.
    return 3 * (blocks(config, batch, tokens) + heads)
        + 2 * embedding(config, batch, plan.keptPatches());
  }

  private static double embedding(ViTConfig config, int batch, int patches) {
    return product((long) batch * patches, config.width(), config.patchValues());
  }

  private static double blocks(ViTConfig config, int batch, int tokens) {
    int width = config.width();
    long rows = (long) batch * tokens;
    double linear = product(rows, 3L * width, width) + afterAttention(config, rows);
    return config.depth() * (linear + attention(batch, tokens, width));
  }

  private static double afterAttention(ViTConfig config, long rows) {
    int width = config.width();
    return product(rows, width, width) + 2 * product(rows, config.mlpWidth(), width);
  }
}

package io.github.maskalign;

import io.github.maskalign.autograd.nn.L2Normalize;
import io.github.maskalign.config.TargetNorm;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.List;

/**
 * {@code t [B, T, D] -> [B, T, D]}: a normalized teacher level; and {@code t [B, 1 + N, D], tokens
 * [B, 1 + K] -> [B, 1 + K, D]}, the same at the tokens that the student sees. Where each token is
 * normalized by itself, only those tokens are computed.
 *
 * @since 0.1.0
 */
public final class TargetNormalizer {

  private static final double WHITEN_EPS = 1e-5;
  private static final double BATCH_EPS = 1e-6;
  private static final double MIN_LENGTH = 1e-12;

  private TargetNormalizer() {}

  /** Normalizes all tokens. */
  public static Tensor whole(Ops ops, TargetNorm norm, Tensor t) {
    return ops.within(
        "target",
        o ->
            switch (norm) {
              case NONE -> t;
              case L2 -> L2Normalize.forward(o, t, MIN_LENGTH);
              case WHITEN -> o.layerNorm(t, null, null, WHITEN_EPS);
              case BN -> standardized(o, t);
            });
  }

  /**
   * Normalizes a level and gathers tokens.
   *
   * @param tokens token numbers (the class token is 0, patch p is 1 + p)
   */
  public static Tensor target(Eager ops, TargetNorm norm, Tensor t, Tensor tokens) {
    return target(ops, norm, new TeacherOutput(1, List.of(t), null), 0, tokens);
  }

  /** The same for a level of a teacher, counted from 0. */
  static Tensor target(Eager ops, TargetNorm norm, TeacherOutput output, int level, Tensor tokens) {
    return ops.within(
        "target",
        o ->
            norm.perToken()
                ? whole(o, norm, output.at(o.scope().eager(), level, tokens))
                : o.gatherTokens(whole(o, norm, output.level(level)), tokens));
  }

  /** One mean and one unbiased variance over everything. */
  private static Tensor standardized(Ops o, Tensor t) {
    Tensor centered = o.sub(t, o.mean(t, false));
    Tensor squares = o.sum(o.unary(UnaryOp.SQUARE, centered), false);
    Tensor variance = o.affine(squares, 1.0 / (t.size() - 1), BATCH_EPS);
    return o.div(centered, o.unary(UnaryOp.SQRT, variance));
  }
}

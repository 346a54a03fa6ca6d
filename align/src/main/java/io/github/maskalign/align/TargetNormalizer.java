package io.github.maskalign.align;

import io.github.maskalign.align.config.TargetNorm;
import io.github.maskalign.autograd.nn.UnitNorm;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.UnaryOp;

/**
 * {@code t [B, 1 + N, D], tokens [B, 1 + K] -> [B, 1 + K, D]}: a teacher level, normalised, at the
 * tokens that the student sees. The result is that of normalising the whole sequence and then
 * taking tokens; where tokens are normalised one by one, only those taken are.
 */
public final class TargetNormalizer {

  private static final double WHITEN_EPS = 1e-5;
  private static final double BATCH_EPS = 1e-6;
  private static final double LEAST_LENGTH = 1e-12;

  private TargetNormalizer() {}

  /**
   * Makes a target.
   *
   * @param tokens token numbers (the class token is 0, patch p is 1 + p)
   */
  public static Tensor target(Ops ops, TargetNorm norm, Tensor t, Tensor tokens) {
    return ops.within(
        "target",
        o ->
            switch (norm) {
              case NONE -> o.gatherTokens(t, tokens);
              case L2 -> UnitNorm.forward(o, o.gatherTokens(t, tokens), LEAST_LENGTH);
              case WHITEN -> o.layerNorm(o.gatherTokens(t, tokens), null, null, WHITEN_EPS);
              case BN -> o.gatherTokens(standardised(o, t), tokens);
            });
  }

  /** One mean and one unbiased variance over everything. */
  private static Tensor standardised(Ops o, Tensor t) {
    Tensor centred = o.sub(t, o.mean(t, false));
    Tensor squares = o.sum(o.unary(UnaryOp.SQUARE, centred), false);
    Tensor variance = o.affine(squares, 1.0 / (t.size() - 1), BATCH_EPS);
    return o.div(centred, o.unary(UnaryOp.SQRT, variance));
  }
}

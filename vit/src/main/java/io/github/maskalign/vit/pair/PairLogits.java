package io.github.maskalign.vit.pair;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.UnaryOp;
import org.jspecify.annotations.Nullable;

/**
 * images [N, P], texts [M, P], both of unit length -> logits [N, M]: {@code exp(scale) * cosine},
 * plus a bias in SigLIP.
 *
 * @since 0.1.0
 */
public final class PairLogits {

  /** The first values of CLIP, ln(1 / 0.07), and of SigLIP, ln 10 and -10. */
  private static final float CLIP_SCALE = 2.6592f;

  private static final float SIGLIP_SCALE = 2.3026f;
  private static final float SIGLIP_BIAS = -10;

  private final Tensor scale;
  private final @Nullable Tensor bias;

  private PairLogits(Tensor scale, @Nullable Tensor bias) {
    this.scale = scale;
    this.bias = bias;
  }

  /** Creates the parameters {@code logit_scale [1]} and, with a bias, {@code logit_bias [1]}. */
  public static PairLogits create(Parameters.Path path, boolean bias) {
    float first = bias ? SIGLIP_SCALE : CLIP_SCALE;
    return new PairLogits(
        path.add("logit_scale", Init.constant(first), 1),
        bias ? path.add("logit_bias", Init.constant(SIGLIP_BIAS), 1) : null);
  }

  /** Applies scale and bias to the cosines of all combinations. */
  public Tensor forward(Ops ops, Tensor images, Tensor texts) {
    Tensor cosines = ops.matmul(images, ops.transpose(texts));
    Tensor scaled = ops.mul(cosines, ops.unary(UnaryOp.EXP, scale));
    return bias == null ? scaled : ops.add(scaled, bias);
  }

  /** The factor of the cosines. */
  public double scale() {
    return Math.exp(scale.toDoubles()[0]);
  }

  /** What is added to the scaled cosines; 0 without a bias. */
  public double bias() {
    return bias == null ? 0 : bias.toDoubles()[0];
  }

  /** Whether logits have a bias: their probabilities are then sigmoids, else a softmax. */
  public boolean hasBias() {
    return bias != null;
  }
}

package io.github.maskalign.vit;

import io.github.maskalign.tensor.op.Gelu;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the two matrices of a block's MLP.
 *
 * @since 0.1.0
 */
public enum Activation {
  /** GELU with the exact Gaussian distribution function. */
  GELU(Gelu.ERF),
  /** GELU by the hyperbolic tangent, as in SigLIP. */
  TANH_GELU(Gelu.TANH),
  /** {@code x sigmoid(1.702 x)}, as in OpenAI's CLIP. */
  QUICK_GELU(Gelu.QUICK),
  /** A gate: the first matrix is twice as high, and one half is multiplied by silu of the other. */
  SWIGLU(null);

  private final @Nullable Gelu gelu;

  Activation(@Nullable Gelu gelu) {
    this.gelu = gelu;
  }

  /** The one of a kind of GELU. */
  public static Activation of(Gelu kind) {
    return switch (kind) {
      case ERF -> GELU;
      case TANH -> TANH_GELU;
      case QUICK -> QUICK_GELU;
    };
  }

  /** The kind of GELU; null for a gate. */
  public @Nullable Gelu gelu() {
    return gelu;
  }
}

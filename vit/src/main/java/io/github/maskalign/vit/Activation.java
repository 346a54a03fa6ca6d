package io.github.maskalign.vit;

import io.github.maskalign.tensor.op.Gelu;
import org.jspecify.annotations.Nullable;

/**
 * The activation between the two linear layers of a block's MLP.
 *
 * @since 0.1.0
 */
public enum Activation {
  /** Exact GELU, with the error function. */
  GELU(Gelu.ERF),
  /** GELU with the tanh approximation, as in SigLIP. */
  TANH_GELU(Gelu.TANH),
  /** {@code x sigmoid(1.702 x)}, as in OpenAI's CLIP. */
  QUICK_GELU(Gelu.QUICK),
  /** SwiGLU: the first layer has twice the outputs, and the SiLU of one half gates the other. */
  SWIGLU(null);

  private final @Nullable Gelu gelu;

  Activation(@Nullable Gelu gelu) {
    this.gelu = gelu;
  }

  /** The activation of a kind of GELU. */
  public static Activation of(Gelu kind) {
    return switch (kind) {
      case ERF -> GELU;
      case TANH -> TANH_GELU;
      case QUICK -> QUICK_GELU;
    };
  }

  /** The kind of GELU; null for {@link #SWIGLU}. */
  public @Nullable Gelu gelu() {
    return gelu;
  }
}

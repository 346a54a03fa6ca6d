package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Nonlinearity;
import java.util.stream.Stream;

/**
 * The activation between the two linear layers of a block's MLP. In a gated one, the first layer
 * has twice the outputs, and the function of one half is a factor of the other (Shazeer, arXiv
 * 2002.05202).
 *
 * @since 0.1.0
 */
public enum Activation {
  /** Exact GELU, with the error function. */
  GELU(Nonlinearity.GELU, false),
  /** GELU with the tanh approximation, as in SigLIP. */
  TANH_GELU(Nonlinearity.TANH_GELU, false),
  /** {@code x sigmoid(1.702 x)}, as in OpenAI's CLIP. */
  QUICK_GELU(Nonlinearity.QUICK_GELU, false),
  /** {@code x sigmoid(x)}. */
  SILU(Nonlinearity.SILU, false),
  /** {@code max(x, 0)}. */
  RELU(Nonlinearity.RELU, false),
  /** Gated by SiLU, as in DINOv2's and DINOv3's largest networks. */
  SWIGLU(Nonlinearity.SILU, true),
  /** Gated by GELU. */
  GEGLU(Nonlinearity.GELU, true),
  /** Gated by GELU with the tanh approximation. */
  TANH_GEGLU(Nonlinearity.TANH_GELU, true),
  /** Gated by quick GELU. */
  QUICK_GEGLU(Nonlinearity.QUICK_GELU, true),
  /** Gated by ReLU. */
  REGLU(Nonlinearity.RELU, true);

  private final Nonlinearity nonlinearity;
  private final boolean gated;

  Activation(Nonlinearity nonlinearity, boolean gated) {
    this.nonlinearity = nonlinearity;
    this.gated = gated;
  }

  /** The activation of a function, which gates or not. */
  public static Activation of(Nonlinearity function, boolean gated) {
    return Stream.of(values())
        .filter(each -> each.nonlinearity == function && each.gated == gated)
        .findFirst()
        .orElseThrow();
  }

  /** The function. */
  public Nonlinearity nonlinearity() {
    return nonlinearity;
  }

  /** Whether it gates. */
  public boolean isGated() {
    return gated;
  }
}

package io.github.maskalign.tensor.op;

/**
 * Variants of the Gaussian error linear unit (Hendrycks and Gimpel, arXiv 1606.08415).
 *
 * @since 0.1.0
 */
public enum Gelu {
  /** The exact form, x * Phi(x), with Phi the distribution function of the standard normal. */
  ERF,
  /** The tanh approximation, x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))). */
  TANH,
  /** The sigmoid approximation, x * sigmoid(1.702 x), as in OpenAI's CLIP. */
  QUICK
}

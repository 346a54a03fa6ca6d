package io.github.maskalign.tensor;

/**
 * Kinds of the Gaussian error linear unit (Hendrycks and Gimpel, arXiv 1606.08415).
 *
 * @since 0.1.0
 */
public enum Gelu {
  /** x * Phi(x) with the Gaussian distribution function, exactly. */
  ERF,
  /** x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))). */
  TANH,
  /** x * sigmoid(1.702 x), as in OpenAI's CLIP. */
  QUICK
}

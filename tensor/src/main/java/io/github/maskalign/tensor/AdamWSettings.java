package io.github.maskalign.tensor;

/**
 * What all parameters of an AdamW pass share (Loshchilov and Hutter, arXiv 1711.05101).
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param eps added to the root of the second moment
 * @param gradientScale factor on every gradient before use, as clipping by the global norm needs
 * @since 0.1.0
 */
public record AdamWSettings(double beta1, double beta2, double eps, double gradientScale) {

  /** {@code 1 - beta1^step}. */
  public double correction1(long step) {
    return 1 - Math.pow(beta1, step);
  }

  /** {@code 1 - beta2^step}. */
  public double correction2(long step) {
    return 1 - Math.pow(beta2, step);
  }
}

package io.github.maskalign.tensor;

/**
 * The settings that all parameters of an AdamW update share (Loshchilov and Hutter, arXiv
 * 1711.05101).
 *
 * @param beta1 decay rate of the first moment
 * @param beta2 decay rate of the second moment
 * @param eps added to the square root of the second moment
 * @param gradientScale factor on every gradient, for clipping by the global norm
 * @since 0.1.0
 */
public record AdamWSettings(double beta1, double beta2, double eps, double gradientScale) {

  /** The bias correction of the first moment, {@code 1 - beta1^step}. */
  public double correction1(long step) {
    return 1 - Math.pow(beta1, step);
  }

  /** The bias correction of the second moment, {@code 1 - beta2^step}. */
  public double correction2(long step) {
    return 1 - Math.pow(beta2, step);
  }
}

package io.github.maskalign.train;

/**
 * The result of one optimizer step.
 *
 * @param step number of the step, from 1
 * @param epoch fractional epoch at its end
 * @param loss mean over the pictures of the step
 * @param learningRate before the groups' factors
 * @param gradientNorm 2-norm over all gradients, before any clipping
 * @since 0.1.0
 */
public record StepReport(
    long step, double epoch, double loss, double learningRate, double gradientNorm) {}

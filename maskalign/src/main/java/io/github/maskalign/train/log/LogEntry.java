package io.github.maskalign.train.log;

/**
 * The log entry of a training step.
 *
 * @param step number of the optimizer step, from 1
 * @param epoch epoch, counted from 0
 * @param loss of this step
 * @param lr learning rate of this step
 * @param gradNorm 2-norm of all gradients, before clipping
 * @param imagesPerSecond pictures trained on per second since the previous entry
 * @since 0.1.0
 */
public record LogEntry(
    long step, int epoch, double loss, double lr, double gradNorm, double imagesPerSecond) {}

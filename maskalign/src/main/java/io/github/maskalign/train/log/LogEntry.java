package io.github.maskalign.train.log;

/**
 * What is logged of a training step.
 *
 * @param step optimizer steps done, this one included
 * @param epoch which pass over the data, counted from 0
 * @param loss of this step
 * @param lr learning rate of this step
 * @param gradNorm 2-norm of all gradients, before clipping
 * @param imagesPerSecond pictures trained on per second since the previous entry
 * @since 0.1.0
 */
public record LogEntry(
    long step, int epoch, double loss, double lr, double gradNorm, double imagesPerSecond) {}

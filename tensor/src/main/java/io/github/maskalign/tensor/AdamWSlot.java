package io.github.maskalign.tensor;

/**
 * One parameter of an {@link Backend#adamW} pass; all tensors contiguous, of one shape and type.
 *
 * @param parameter changed in place
 * @param gradient of the loss
 * @param mean first moment, changed in place
 * @param square second moment, changed in place
 * @param learningRate of this parameter
 * @param weightDecay decoupled decay
 * @param step number of this parameter's update, from 1, for the bias corrections
 * @since 0.1.0
 */
public record AdamWSlot(
    Tensor parameter,
    Tensor gradient,
    Tensor mean,
    Tensor square,
    double learningRate,
    double weightDecay,
    long step) {}

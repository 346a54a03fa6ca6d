package io.github.maskalign.tensor;

/**
 * One parameter of a {@link Backend#adamW} update. All tensors are contiguous and have the same
 * shape and type.
 *
 * @param parameter updated in place
 * @param gradient gradient of the loss
 * @param mean first moment, updated in place
 * @param square second moment, updated in place
 * @param learningRate learning rate of this parameter
 * @param weightDecay decoupled weight decay
 * @param step number of this parameter's update, starting at 1, for the bias corrections
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

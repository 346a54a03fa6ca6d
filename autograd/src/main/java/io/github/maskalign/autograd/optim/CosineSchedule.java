package io.github.maskalign.autograd.optim;

import io.github.maskalign.tensor.error.ArgumentException;

/**
 * Linear warm-up from 0, then half a cosine down to a floor (Loshchilov and Hutter, arXiv
 * 1608.03983), evaluated at fractional epochs.
 *
 * @param peak learning rate at the end of the warm-up
 * @param floor final learning rate; not applied during the warm-up
 * @param warmupEpochs length of the warm-up in epochs
 * @param epochs length of training in epochs
 * @since 0.1.0
 */
public record CosineSchedule(double peak, double floor, double warmupEpochs, double epochs) {

  /** Validates the values. */
  public CosineSchedule {
    if (!(peak >= 0 && floor >= 0 && warmupEpochs >= 0 && epochs >= warmupEpochs)) {
      throw new ArgumentException(
          "schedule: needs rates >= 0 and 0 <= warm-up <= epochs, got peak "
              + peak
              + ", floor "
              + floor
              + ", warm-up "
              + warmupEpochs
              + ", epochs "
              + epochs);
    }
  }

  /** Returns the learning rate at a fractional epoch; after the end of training, the floor. */
  public double at(double epoch) {
    if (epoch < warmupEpochs) {
      return peak * epoch / warmupEpochs;
    }
    if (epoch >= epochs) {
      return floor;
    }
    double progress = (epoch - warmupEpochs) / (epochs - warmupEpochs);
    return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
  }

  /**
   * Scales a learning rate to an effective batch size: {@code base * batch / 256} (Goyal et al.,
   * arXiv 1706.02677).
   */
  public static double scaled(double baseRate, int effectiveBatch) {
    return baseRate * effectiveBatch / 256;
  }
}

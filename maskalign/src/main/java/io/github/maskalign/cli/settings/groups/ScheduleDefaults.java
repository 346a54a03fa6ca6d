package io.github.maskalign.cli.settings.groups;

/**
 * Epochs, batch size and warm-up of a command where the user gives none: functions of the number of
 * images, and of what is given.
 *
 * @param batch usual batch size
 * @param warmup usual epochs of warm-up
 * @param images number of images to show in the whole run
 * @param minEpochs fewest epochs
 * @param maxEpochs most epochs
 */
record ScheduleDefaults(int batch, double warmup, long images, int minEpochs, int maxEpochs) {

  /** A longer warm-up would leave too few epochs at a high learning rate. */
  private static final double MAX_WARMUP = 0.2;

  /** As many epochs as show the images, within the bounds. */
  int epochs(int size) {
    return (int) Math.clamp(Math.ceilDiv(images, size), minEpochs, maxEpochs);
  }

  /** The usual batch size, or the largest that a smaller data set fills; even unless it is 1. */
  int batch(int size) {
    return size >= batch ? batch : Math.max(1, size - size % 2);
  }

  /** The usual warm-up, at most a fifth of the epochs; none for one step, whose rate would be 0. */
  double warmup(int epochs, long steps) {
    return steps == 1 ? 0 : Math.min(warmup, MAX_WARMUP * epochs);
  }
}

package io.github.maskalign.data;

import io.github.maskalign.data.PendingBatch.Substitution;

/** Creates the batches of a loader. */
record BatchFactory(
    Dataset set,
    Augmentation augmentation,
    BatchSampler batches,
    Substitution substitution,
    PixelBuffers buffers) {

  /**
   * Creates a batch to be filled.
   *
   * @param order of the batch's epoch
   */
  PendingBatch begin(long number, int[] order) {
    return new PendingBatch(
        set,
        augmentation,
        substitution,
        number,
        batches.epoch(number),
        batches.samples(number, order),
        buffers);
  }
}

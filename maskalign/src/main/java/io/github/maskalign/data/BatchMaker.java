package io.github.maskalign.data;

import io.github.maskalign.data.BatchDraft.Substitution;

/** What the batches of a loader are made from. */
record BatchMaker(
    Dataset set,
    Augmentation augmentation,
    BatchSampler batches,
    Substitution substitution,
    PixelBuffers buffers) {

  /**
   * Begins a batch.
   *
   * @param order of the batch's epoch
   */
  BatchDraft begin(long number, int[] order) {
    return new BatchDraft(
        set,
        augmentation,
        substitution,
        number,
        batches.epoch(number),
        batches.samples(number, order),
        buffers);
  }
}

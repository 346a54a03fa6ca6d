package io.github.maskalign.data;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.Objects;

/**
 * Determines the samples of each batch as a function of seed and epoch, so that a run can resume
 * anywhere. Batches are counted over all epochs: batch {@code i} of epoch {@code e} is number
 * {@code e * perEpoch() + i}.
 *
 * @since 0.1.0
 */
public final class BatchSampler {

  private final int samples;
  private final int batchSize;
  private final long perEpoch;
  private final Philox shuffle;
  private final boolean shuffled;

  private BatchSampler(
      int samples, int batchSize, long perEpoch, Philox shuffle, boolean shuffled) {
    this.samples = samples;
    this.batchSize = batchSize;
    this.perEpoch = perEpoch;
    this.shuffle = shuffle;
    this.shuffled = shuffled;
  }

  /**
   * For training: every epoch has its own order and whole batches only; the samples left over are
   * dropped, different ones each epoch.
   *
   * @throws ArgumentException if there are fewer samples than a batch
   */
  public static BatchSampler shuffled(int samples, int batchSize, long seed) {
    requirePositive(batchSize);
    if (samples < batchSize) {
      throw new ArgumentException(
          "a batch of %d is more than the %s of the set: use a smaller batch size"
              .formatted(batchSize, Quantity.of(samples, "sample")));
    }
    Philox shuffle = Philox.of(seed).stream("order");
    return new BatchSampler(samples, batchSize, samples / batchSize, shuffle, true);
  }

  /** For evaluation: in the order of the set; the last batch may be smaller. */
  public static BatchSampler inOrder(int samples, int batchSize) {
    requirePositive(batchSize);
    long perEpoch = Math.ceilDiv((long) samples, batchSize);
    return new BatchSampler(samples, batchSize, perEpoch, Philox.of(0), false);
  }

  private static void requirePositive(int batchSize) {
    if (batchSize < 1) {
      throw new ArgumentException("batch size " + batchSize + ": must be at least 1");
    }
  }

  /** Number of samples in the set. */
  public int samples() {
    return samples;
  }

  /** Samples per full batch. */
  public int batchSize() {
    return batchSize;
  }

  /** Batches per epoch. */
  public long perEpoch() {
    return perEpoch;
  }

  /** The epoch of a batch, counted from 0. */
  public int epoch(long batch) {
    return Math.toIntExact(batch / perEpoch);
  }

  /** All samples in the order of an epoch. */
  int[] order(int epoch) {
    if (shuffled) {
      return shuffle.at(epoch).permutation(samples);
    }
    int[] order = new int[samples];
    Arrays.setAll(order, i -> i);
    return order;
  }

  /** The samples of a batch, given the order of its epoch. */
  int[] samples(long batch, int[] order) {
    int from = (int) (batch % perEpoch) * batchSize;
    return Arrays.copyOfRange(order, from, Math.min(from + batchSize, samples));
  }

  /**
   * The samples of a batch.
   *
   * @param batch counted over all epochs
   */
  public int[] samples(long batch) {
    Objects.checkIndex(batch, Long.MAX_VALUE);
    return samples(batch, order(epoch(batch)));
  }
}

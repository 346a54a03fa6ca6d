package io.github.maskalign.data;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/** Counts and reports the damaged pictures of a loader's batches, in the order of the batches. */
final class DamageCounter {

  /** A damaged picture, at a position of a batch. */
  record DamagedSample(int position, int sample, DamagedPictureException reason) {}

  private final int setSize;
  private final DamagePolicy.Skip policy;
  private final Consumer<String> report;
  private final BitSet samples = new BitSet();
  private long occurrences;

  /**
   * Starts at zero.
   *
   * @param policy tells how many of the set may be damaged
   */
  DamageCounter(int setSize, DamagePolicy.Skip policy, Consumer<String> report) {
    this.setSize = setSize;
    this.policy = policy;
    this.report = report;
  }

  /**
   * Adds those of a batch; reports each sample once.
   *
   * @throws FormatException if there are too many now
   */
  void add(List<DamagedSample> found) {
    occurrences += found.size();
    for (DamagedSample one : found) {
      if (!samples.get(one.sample)) {
        samples.set(one.sample);
        report.accept("skipped a damaged image: " + one.reason.getMessage());
      }
    }
    if (!found.isEmpty() && count() > policy.allowed(setSize)) {
      throw new FormatException(
          "too many damaged images: %d of %d so far, more than the %d that %s allows; the last is %s. 'maskalign data check' lists them: repair or remove them, or allow more in training with --on-damaged skip:SHARE"
              .formatted(
                  count(),
                  setSize,
                  policy.allowed(setSize),
                  policy,
                  found.getLast().reason.getMessage()));
    }
  }

  /** Number of distinct damaged samples. */
  int count() {
    return samples.cardinality();
  }

  /** Reports the total, if not zero. */
  void summarize() {
    if (occurrences > 0) {
      report.accept(
          "damaged: %d of %s; skipped %s; 'maskalign data check' lists them"
              .formatted(
                  count(),
                  Quantity.of(setSize, "image"),
                  occurrences == 1 ? "once" : occurrences + " times"));
    }
  }
}

package io.github.maskalign.data;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/** The damaged pictures that a loader's batches met, in the order of the batches. */
final class DamageLog {

  /** One meeting, at a position of a batch. */
  record Met(int position, int sample, DamagedPictureException reason) {}

  private final int setSize;
  private final double max;
  private final Consumer<String> report;
  private final BitSet samples = new BitSet();
  private long meetings;

  /**
   * None yet.
   *
   * @param max share of the set that may be damaged
   */
  DamageLog(int setSize, double max, Consumer<String> report) {
    this.setSize = setSize;
    this.max = max;
    this.report = report;
  }

  /**
   * Counts those of a batch; reports each sample the first time.
   *
   * @throws FormatException if they are too many by now
   */
  void add(List<Met> met) {
    meetings += met.size();
    for (Met one : met) {
      if (!samples.get(one.sample)) {
        samples.set(one.sample);
        report.accept("skipped a damaged picture: " + one.reason.getMessage());
      }
    }
    if (!met.isEmpty() && count() > max * setSize) {
      throw new FormatException(
          "%d of %d pictures are damaged so far, more than the share of %s that may be skipped; the last is %s. 'maskalign data check' lists them: mend or remove them, or allow more"
              .formatted(count(), setSize, max, met.getLast().reason.getMessage()));
    }
  }

  /** Different samples. */
  int count() {
    return samples.cardinality();
  }

  /** Reports the sum, if there is any. */
  void summarize() {
    if (meetings > 0) {
      report.accept(
          "%d of %d pictures were damaged; skipped %d times; 'maskalign data check' lists them"
              .formatted(count(), setSize, meetings));
    }
  }
}

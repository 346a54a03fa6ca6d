package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.SplitSettings;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.Subsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Labeled images to train on or to compare with, and others to evaluate on.
 *
 * @param known the former
 * @param evaluated the latter, with the classes of the former; null if there are none
 */
public record LabeledSets(Dataset known, @Nullable Dataset evaluated) {

  /**
   * Opens the data sets of an evaluation.
   *
   * @throws io.github.maskalign.tensor.error.ArgumentException if there is nothing to evaluate on
   */
  public static LabeledSets required(
      @Nullable String data, @Nullable String evalData, SplitSettings split) {
    DataSetOption.required("--data", data);
    split.requireAny(evalData);
    return open(data, evalData, split);
  }

  /** Images to evaluate on, where they are required. */
  public Dataset queries() {
    return Objects.requireNonNull(evaluated);
  }

  /**
   * Opens the data sets that {@code --data} and {@code --eval-data} name, or splits the former.
   * Warns if both are the same.
   */
  static LabeledSets open(@Nullable String data, @Nullable String evalData, SplitSettings split) {
    Dataset all = DataSetOption.labeled("--data", data);
    if (split.wanted()) {
      Subsets.Split parts = split.of(all);
      return new LabeledSets(parts.rest(), parts.chosen());
    }
    if (evalData == null) {
      return new LabeledSets(all, null);
    }
    Dataset others = DataSetOption.labeled("--eval-data", evalData);
    SameImages.warn("--eval-data", others, "--data", all);
    return new LabeledSets(
        all, DataSetOption.matched("--eval-data", others, "--data", all.classNames()));
  }
}

package io.github.maskalign.align.train;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What was measured between two steps.
 *
 * @param values for the log, in order, by key
 * @param score the larger, the better the model; the best one's checkpoint is kept
 */
public record Measures(Map<String, Double> values, OptionalDouble score) {

  /** Nothing. */
  public static Measures none() {
    return new Measures(Map.of(), OptionalDouble.empty());
  }

  /** For the log only. */
  public static Measures logged(Map<String, Double> values) {
    return new Measures(values, OptionalDouble.empty());
  }

  /** Measures a model. */
  @FunctionalInterface
  public interface Source {

    /**
     * Called at the end of each epoch.
     *
     * @param epochs whole epochs done
     * @param last whether training ends here
     */
    Measures at(int epochs, boolean last);
  }
}

package io.github.maskalign.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What was measured between two steps.
 *
 * @param values for the log, in order, by key
 * @param score the larger, the better the model; the best one's checkpoint is kept
 * @param lines for people
 * @since 0.1.0
 */
public record Metrics(Map<String, Double> values, OptionalDouble score, List<String> lines) {

  /** Nothing. */
  public static Metrics none() {
    return new Metrics(Map.of(), OptionalDouble.empty(), List.of());
  }

  /** For the log only. */
  public static Metrics logged(Map<String, Double> values) {
    return new Metrics(values, OptionalDouble.empty(), List.of());
  }

  /** For the log, and to know the best model by. */
  public static Metrics scored(Map<String, Double> values, double score) {
    return new Metrics(values, OptionalDouble.of(score), List.of());
  }

  /** With more lines. */
  public Metrics with(List<String> newLines) {
    return new Metrics(values, score, newLines);
  }

  /** These and others; the score is the one that there is. */
  public Metrics and(Metrics other) {
    Map<String, Double> all = new LinkedHashMap<>(values);
    all.putAll(other.values);
    List<String> both = Stream.concat(lines.stream(), other.lines.stream()).toList();
    return new Metrics(all, score.isPresent() ? score : other.score, both);
  }

  /** Measures a model. */
  @FunctionalInterface
  public interface Evaluator {

    /**
     * Called at the end of each epoch.
     *
     * @param epochs whole epochs done
     * @param last whether training ends here
     */
    Metrics evaluate(int epochs, boolean last);
  }
}

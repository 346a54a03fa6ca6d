package io.github.maskalign.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The results of an evaluation at the end of an epoch.
 *
 * @param values numbers for the log, by key, in order
 * @param score larger is better; the checkpoint with the largest is kept as the best
 * @param lines text for the console
 * @since 0.1.0
 */
public record Metrics(Map<String, Double> values, OptionalDouble score, List<String> lines) {

  /** No results. */
  public static Metrics none() {
    return new Metrics(Map.of(), OptionalDouble.empty(), List.of());
  }

  /** Numbers for the log only. */
  public static Metrics logged(Map<String, Double> values) {
    return new Metrics(values, OptionalDouble.empty(), List.of());
  }

  /** Numbers for the log, and the score that selects the best checkpoint. */
  public static Metrics scored(Map<String, Double> values, double score) {
    return new Metrics(values, OptionalDouble.of(score), List.of());
  }

  /** The same with other lines. */
  public Metrics with(List<String> newLines) {
    return new Metrics(values, score, newLines);
  }

  /** Combines these results with others; the score is the one that is present. */
  public Metrics and(Metrics other) {
    Map<String, Double> all = new LinkedHashMap<>(values);
    all.putAll(other.values);
    List<String> both = Stream.concat(lines.stream(), other.lines.stream()).toList();
    return new Metrics(all, score.isPresent() ? score : other.score, both);
  }

  /** Evaluates a model. */
  @FunctionalInterface
  public interface Evaluator {

    /**
     * Called at the end of each epoch.
     *
     * @param epochs completed epochs
     * @param last whether training ends here
     */
    Metrics evaluate(int epochs, boolean last);
  }
}

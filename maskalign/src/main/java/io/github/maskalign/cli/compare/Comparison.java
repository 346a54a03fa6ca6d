package io.github.maskalign.cli.compare;

import io.github.maskalign.eval.FeatureScore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Results by variant, and their table: mean and standard deviation over seeds.
 *
 * @since 0.1.0
 */
public final class Comparison {

  /** Name of the score of linear classifiers in results. */
  static final String PROBE = "linear probe";

  private final String score;
  private final List<FeatureScore> baselines;
  private final Map<String, List<TrialResult>> byVariant = new LinkedHashMap<>();

  /**
   * Groups results.
   *
   * @param score name of the metric on the curves
   * @param results of each variant, for one or more seeds
   * @param baselines scores of the teacher and of raw pixels, in percent
   */
  public Comparison(String score, List<TrialResult> results, List<FeatureScore> baselines) {
    this.score = score;
    this.baselines = List.copyOf(baselines);
    for (TrialResult result : results) {
      byVariant.computeIfAbsent(result.variant(), _ -> new ArrayList<>()).add(result);
    }
  }

  /** The metric of the curves. */
  public String score() {
    return score;
  }

  /** The trials of each variant, in the order of the results. */
  public Map<String, List<TrialResult>> byVariant() {
    return byVariant;
  }

  /** Scores of the teacher and of raw pixels. */
  public List<FeatureScore> baselines() {
    return baselines;
  }

  /** A metric of a variant over its seeds. */
  public static Spread spread(List<TrialResult> trials, ToDoubleFunction<TrialResult> figure) {
    return Spread.of(trials.stream().mapToDouble(figure).toArray());
  }

  /** One row per variant, followed by the baselines. */
  ResultTable table() {
    Set<String> finals = new TreeSet<>();
    byVariant
        .values()
        .forEach(list -> list.forEach(trial -> finals.addAll(trial.finals().keySet())));
    baselines.stream().filter(each -> each.probe() != null).forEach(_ -> finals.add(PROBE));
    List<ResultTable.Column> head = new ArrayList<>();
    head.add(new ResultTable.Column("seeds", "", 0, false));
    head.add(new ResultTable.Column(score, "%", 1, true));
    finals.forEach(name -> head.add(new ResultTable.Column(name, "%", 1, true)));
    head.add(new ResultTable.Column("epochs", "", 1, false));
    head.add(new ResultTable.Column("training", "s", 0, false));
    head.add(new ResultTable.Column("throughput", "images/s", 0, false));
    List<ResultTable.Row> rows = new ArrayList<>();
    byVariant.forEach((name, trials) -> rows.add(row(name, trials, finals)));
    baselines.forEach(baseline -> rows.add(row(baseline, finals)));
    return new ResultTable(head, rows);
  }

  private static ResultTable.Row row(String name, List<TrialResult> trials, Set<String> finals) {
    List<@Nullable Spread> row = new ArrayList<>();
    row.add(Spread.of(trials.size()));
    row.add(spread(trials, trial -> trial.last().score()));
    for (String key : finals) {
      double[] known =
          trials.stream()
              .filter(trial -> trial.finals().containsKey(key))
              .mapToDouble(trial -> trial.finals().get(key))
              .toArray();
      row.add(known.length == 0 ? null : Spread.of(known));
    }
    row.add(spread(trials, trial -> trial.last().epochs()));
    row.add(spread(trials, trial -> trial.last().seconds()));
    row.add(spread(trials, TrialResult::imagesPerSecond));
    return new ResultTable.Row(name, row);
  }

  /** A baseline is neither trained nor repeated. */
  private static ResultTable.Row row(FeatureScore baseline, Set<String> finals) {
    List<@Nullable Spread> row = new ArrayList<>();
    row.add(null);
    row.add(Spread.of(baseline.knn()));
    for (String key : finals) {
      Double probe = baseline.probe();
      row.add(key.equals(PROBE) && probe != null ? Spread.of(probe) : null);
    }
    row.addAll(Collections.nCopies(3, null));
    return new ResultTable.Row(baseline.features(), row);
  }
}

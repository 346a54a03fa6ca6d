package io.github.maskalign.cli.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Results by variant, and their table: mean and standard deviation over seeds.
 *
 * @since 0.1.0
 */
public final class Comparison {

  private final String score;
  private final Map<String, List<TrialResult>> byVariant = new LinkedHashMap<>();

  /**
   * Groups results.
   *
   * @param score name of the metric on the curves
   * @param results of each variant, for one or more seeds
   */
  public Comparison(String score, List<TrialResult> results) {
    this.score = score;
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

  /** A metric of a variant over its seeds. */
  public static Spread spread(List<TrialResult> trials, ToDoubleFunction<TrialResult> figure) {
    return Spread.of(trials.stream().mapToDouble(figure).toArray());
  }

  /** The table as Markdown, one row per variant. */
  public String table() {
    List<List<String>> rows = new ArrayList<>();
    Set<String> finals = new TreeSet<>();
    byVariant
        .values()
        .forEach(list -> list.forEach(trial -> finals.addAll(trial.finals().keySet())));
    List<String> head = new ArrayList<>(List.of("variant", "seeds", score));
    head.addAll(finals);
    head.addAll(List.of("epochs", "seconds", "images/s"));
    rows.add(head);
    byVariant.forEach((name, trials) -> rows.add(row(name, trials, finals)));
    return Markdown.table(rows);
  }

  private static List<String> row(String name, List<TrialResult> trials, Set<String> finals) {
    List<String> row = new ArrayList<>();
    row.add(name);
    row.add(Integer.toString(trials.size()));
    row.add(spread(trials, trial -> trial.last().score()).text(1));
    for (String key : finals) {
      double[] known =
          trials.stream()
              .filter(trial -> trial.finals().containsKey(key))
              .mapToDouble(trial -> trial.finals().get(key))
              .toArray();
      row.add(known.length == 0 ? "-" : Spread.of(known).text(1));
    }
    row.add(String.format(Locale.ROOT, "%.1f", spread(trials, t -> t.last().epochs()).mean()));
    row.add(String.format(Locale.ROOT, "%.0f", spread(trials, t -> t.last().seconds()).mean()));
    row.add(
        String.format(Locale.ROOT, "%.0f", spread(trials, TrialResult::imagesPerSecond).mean()));
    return row;
  }
}

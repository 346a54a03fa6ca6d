package peers.table;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * A row of the table.
 *
 * @param work what is compared
 * @param figure the ratio or amount that counts
 * @param wall the ratio of wall times; NaN if it is no ratio of times
 * @param cpu the ratio of processor times; NaN if it is no ratio of times
 * @param bar what the figure should be
 * @param marks what makes it less certain
 * @param detail times behind it
 */
public record Row(
    String work, double figure, double wall, double cpu, Bar bar, Set<Mark> marks, String detail) {

  /** Our time divided by that of the only peer. */
  static Row time(String work, Comparison comparison, Bar bar) {
    return time(work, comparison, List.of(0), bar);
  }

  /** Our time divided by that of the peer that is hardest to beat. */
  static Row time(String work, Comparison comparison, List<Integer> peers, Bar bar) {
    List<Integer> hardestFirst = comparison.hardestFirst(peers);
    int peer = hardestFirst.getFirst();
    return new Row(
        work,
        comparison.counting(peer),
        comparison.wall(peer),
        comparison.cpu(peer),
        bar,
        comparison.marks(),
        comparison.detail(hardestFirst));
  }

  /** Our speed divided by that of the only peer. */
  static Row speed(String work, Comparison comparison, Bar bar) {
    return new Row(
        work,
        1 / comparison.counting(0),
        1 / comparison.wall(0),
        1 / comparison.cpu(0),
        bar,
        comparison.marks(),
        comparison.detail(List.of(0)));
  }

  /** Geometric mean of the speeds over the only peer; as in a row, the worse of both counts. */
  static Row meanSpeed(String work, List<Comparison> comparisons, Bar bar) {
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    comparisons.forEach(comparison -> marks.addAll(comparison.marks()));
    double wall = geometricMean(comparisons, comparison -> 1 / comparison.wall(0));
    double cpu = geometricMean(comparisons, comparison -> 1 / comparison.cpu(0));
    return new Row(
        work,
        comparisons.getFirst().threads() == 1 ? Math.min(wall, cpu) : wall,
        wall,
        cpu,
        bar,
        marks,
        "geometric mean of " + comparisons.size());
  }

  /** An amount that is no ratio of times. */
  static Row amount(String work, double figure, Bar bar, Set<Mark> marks, String detail) {
    return new Row(work, figure, Double.NaN, Double.NaN, bar, marks, detail);
  }

  private static double geometricMean(
      List<Comparison> comparisons, ToDoubleFunction<Comparison> figure) {
    double logs = comparisons.stream().mapToDouble(c -> Math.log(figure.applyAsDouble(c))).sum();
    return Math.exp(logs / comparisons.size());
  }

  /** "met", "met, desired", "missed", or empty without a required value. */
  public String verdict() {
    return bar.verdict(figure);
  }

  /** The row in Markdown. */
  String markdown() {
    return "| "
        + String.join(
            " | ",
            work,
            number(figure),
            number(wall),
            number(cpu),
            bar.requiredText(),
            bar.desiredText(),
            verdict(),
            Mark.letters(marks),
            detail)
        + " |";
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    return String.format(
        Locale.ROOT, value == Math.rint(value) && value != 1 ? "%.0f" : "%.3f", value);
  }
}

package peers;

import java.util.List;
import java.util.Locale;

/**
 * A row of the table.
 *
 * @param work what is compared
 * @param figure the ratio or amount measured
 * @param bar the required value
 * @param aim the desired value
 * @param atLeast whether more is better
 * @param detail medians and bests
 */
record Row(String work, double figure, double bar, double aim, boolean atLeast, String detail) {

  /** Our time divided by theirs. */
  static Row time(String work, Result result, double bar, double aim) {
    return new Row(work, result.ratio(), bar, aim, false, detail(result, "theirs"));
  }

  /** Our speed divided by theirs. */
  static Row speed(String work, Result result, double bar, double aim, String peer) {
    return new Row(work, 1 / result.ratio(), bar, aim, true, detail(result, peer));
  }

  /** Geometric mean of the speeds, and the worst of them. */
  static Row speeds(String work, List<Result> results, double bar, double aim) {
    double logs = 0;
    Result worst = results.getFirst();
    for (Result result : results) {
      logs -= Math.log(result.ratio());
      worst = result.ratio() > worst.ratio() ? result : worst;
    }
    String detail = String.format(Locale.ROOT, "worst %.3f: %s", 1 / worst.ratio(), worst.name());
    return new Row(work, Math.exp(logs / results.size()), bar, aim, true, detail);
  }

  private static String detail(Result result, String peer) {
    return String.format(
        Locale.ROOT,
        "ours %s, %s %s ms",
        milliseconds(result.ours()),
        peer,
        milliseconds(result.theirs()));
  }

  private static String milliseconds(double[] nanos) {
    return String.format(
        Locale.ROOT, "%.4g (best %.4g)", Contest.median(nanos) / 1e6, Contest.min(nanos) / 1e6);
  }

  boolean met() {
    return atLeast ? figure >= bar : figure <= bar;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-44s %8.3f  %s %-6s %-7s %-7s %s",
        work,
        figure,
        atLeast ? ">=" : "<=",
        number(bar),
        number(aim),
        met() ? "met" : "MISSED",
        detail);
  }

  private static String number(double value) {
    return value == (long) value ? Long.toString((long) value) : Double.toString(value);
  }
}

package io.github.maskalign.cli.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The page: the log, followed by sections that need the network. */
final class ReportPage {

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #222; --soft: #667; --line: #d8dbe2;
        --paper: #fff; --tile: #f4f5f8; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --soft: #9aa1b2;
        --line: #3a3f4b; --paper: #16181d; --tile: #20232b; } }
      body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        max-width: 1000px; margin: 2em auto; padding: 0 1em; }
      h1 { font-size: 1.5em; margin: 0; overflow-wrap: anywhere; }
      h2 { font-size: 1.15em; border-bottom: 1px solid var(--line); margin-top: 2em; }
      .note, figcaption, small { color: var(--soft); }
      .tiles { display: flex; flex-wrap: wrap; gap: .8em; margin: 1.2em 0; }
      .tiles div { background: var(--tile); border-radius: 8px; padding: .6em 1em; }
      .tiles b { display: block; font-size: 1.3em; }
      .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr));
        gap: 1em; }
      .row { display: flex; flex-wrap: wrap; gap: 1.2em; }
      figure { margin: 0; }
      svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: var(--soft); }
      .grid { stroke: var(--line); }
      circle { fill: var(--paper); stroke-width: 1.6; }
      table { border-collapse: collapse; font-size: .92em; }
      td, th { padding: .2em .8em .2em 0; text-align: left; vertical-align: top; }
      th { color: var(--soft); font-weight: normal; }
      td.number { font-variant-numeric: tabular-nums; }
      .columns { columns: 3 260px; } .columns table { width: 100%; }
      .columns td { overflow-wrap: anywhere; }
      .pictures td { text-align: center; font-size: .8em; padding: .3em; }
      .pictures img { width: 92px; height: 92px; object-fit: contain; border-radius: 4px;
        border: 3px solid transparent; image-rendering: auto; }
      .pictures .wrong img { border-color: #c2495f; }
      .pictures .query { padding-right: 1.6em; font-weight: bold; }
      """;

  private ReportPage() {}

  /**
   * The page of a run.
   *
   * @param name of the run
   * @param sections that its networks were needed for
   */
  static String of(String name, RunRecord run, List<String> sections) {
    return """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <style>
    %s%s</style></head><body>
    <h1>%s</h1>
    %s%s%s%s%s%s%s</body></html>
    """
        .formatted(
            Html.text(name),
            STYLE,
            LineChart.COLORS,
            Html.text(name),
            tiles(run),
            Curves.of(run),
            Curves.frozenFeatures(run),
            Curves.scores(run),
            MixSection.of(run),
            String.join("", sections),
            settings(run));
  }

  private static String tiles(RunRecord run) {
    StringBuilder out = new StringBuilder("<div class=\"tiles\">\n");
    tile(out, "steps", run.last("step").orElse(0.0));
    tile(out, "epochs", run.last("epoch").orElse(0.0) + 1);
    run.last("loss").ifPresent(loss -> tile(out, "final loss", loss));
    best(run, "knn").ifPresent(best -> tile(out, "best k-NN, %", best));
    best(run, "top1").ifPresent(best -> tile(out, "best top-1, %", best));
    tile(out, "images/s (median)", median(run, "images_per_s"));
    run.last("train_s").ifPresent(seconds -> tile(out, "training time, min", seconds / 60));
    return out.append("</div>\n").toString();
  }

  private static Optional<Double> best(RunRecord run, String key) {
    return run.series(key).stream().map(LineChart.Point::y).max(Double::compare);
  }

  private static double median(RunRecord run, String key) {
    double[] sorted = run.series(key).stream().mapToDouble(LineChart.Point::y).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static void tile(StringBuilder out, String name, double value) {
    out.append("<div><b>%s</b>%s</div>%n".formatted(Html.number(value), Html.text(name)));
  }

  private static String settings(RunRecord run) {
    String machine =
        run.machine().isEmpty()
            ? Html.note("Not recorded by the version that made this run.")
            : table(run.machine());
    String config =
        run.config().isEmpty()
            ? Html.note("The folder has no config.json.")
            : "<div class=\"columns\">" + table(run.config()) + "</div>";
    return Html.section("Machine", machine) + Html.section("Settings", config);
  }

  private static String table(Map<String, String> values) {
    return values.entrySet().stream()
        .map(
            entry ->
                "<tr><th>%s</th><td>%s</td></tr>%n"
                    .formatted(Html.text(entry.getKey()), Html.text(entry.getValue())))
        .collect(Collectors.joining("", "<table>\n", "</table>\n"));
  }
}

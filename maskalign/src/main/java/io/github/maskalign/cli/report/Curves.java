package io.github.maskalign.cli.report;

import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.train.log.MixKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Charts and tables of a run's log. */
final class Curves {

  private static final Map<String, String> USUAL =
      Map.of(
          "loss", "loss",
          "lr", "learning rate",
          "grad_norm", "gradient norm (L2)",
          "images_per_s", "throughput (images/s)",
          "knn", "k-NN top-1 (%)",
          "top1", "top-1 (%)",
          "top5", "top-5 (%)",
          "waited_s", "waiting for images (s)",
          "eval_loss", "evaluation loss (nats)");
  private static final List<String> ORDER =
      List.of(
          "loss",
          "knn",
          "top1",
          "top5",
          "eval_loss",
          "lr",
          "grad_norm",
          "images_per_s",
          "waited_s");
  private static final String KNN = "knn";
  private static final String BEFORE = "student before training";
  private static final String AFTER = "student after training";
  private static final String STEP = "step (optimizer updates)";
  private static final String SHARE = "share_level_";
  private static final List<String> NO_CURVE = List.of("step", "epoch", "train_s");

  private Curves() {}

  static String of(RunRecord run) {
    List<LineChart> charts = new ArrayList<>();
    for (String key : ORDER) {
      charts.add(chart(run, key));
    }
    LineChart shares = new LineChart("share of the loss, by teacher level (0 to 1)", STEP);
    for (String key : others(run)) {
      if (key.startsWith(SHARE)) {
        shares.with("level " + key.substring(SHARE.length()), run.series(key));
      } else {
        charts.add(new LineChart(key, STEP).with(key, run.series(key)));
      }
    }
    charts.add(shares);
    StringBuilder out = new StringBuilder("<div class=\"charts\">\n");
    charts.stream().filter(chart -> !chart.isEmpty()).forEach(chart -> out.append(chart.figure()));
    return Html.section("Curves", out.append("</div>\n").toString());
  }

  /** The scores of the teacher and the baselines are lines to compare the student with. */
  private static LineChart chart(RunRecord run, String key) {
    LineChart chart = new LineChart(USUAL.get(key), STEP);
    if (key.equals(KNN) && !run.series(key).isEmpty()) {
      chart.with("student", run.series(key));
      run.scores().stream()
          .filter(score -> Double.isFinite(score.knn()))
          .filter(score -> !score.features().equals(AFTER))
          .forEach(score -> chart.withReference(named(score.features()), score.knn()));
      return chart;
    }
    return chart.with(key, run.series(key));
  }

  private static String named(String features) {
    return features.equals(BEFORE) ? "untrained" : features;
  }

  private static List<String> others(RunRecord run) {
    return run.log().stream()
        .flatMap(line -> line.keySet().stream())
        .distinct()
        .filter(key -> !ORDER.contains(key) && !NO_CURVE.contains(key))
        .filter(key -> MixKeys.parse(key).isEmpty())
        .toList();
  }

  /** A table of the evaluations during training; empty if there were none. */
  static String scores(RunRecord run) {
    List<String> keys =
        List.of("knn", "top1", "top5").stream().filter(key -> run.last(key).isPresent()).toList();
    if (keys.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder("<table><tr><th>epoch</th><th>step</th>");
    keys.forEach(key -> out.append("<th>").append(Html.text(USUAL.get(key))).append("</th>"));
    out.append("<th>training time, s</th></tr>\n");
    for (Map<String, Double> line : run.log()) {
      if (keys.stream().anyMatch(line::containsKey)) {
        out.append("<tr>").append(cell(line.get("epoch") + 1)).append(cell(line.get("step")));
        keys.forEach(key -> out.append(line.containsKey(key) ? cell(line.get(key)) : "<td></td>"));
        out.append(line.containsKey("train_s") ? cell(line.get("train_s")) : "<td></td>");
        out.append("</tr>\n");
      }
    }
    return Html.section("Scores", out.append("</table>\n").toString());
  }

  private static String cell(double value) {
    return "<td class=\"number\">" + Html.number(value) + "</td>";
  }

  /** A table of the quality of frozen features; empty if it was not measured. */
  static String frozenFeatures(RunRecord run) {
    List<FeatureScore> rows = new ArrayList<>(run.scores());
    if (rows.isEmpty()) {
      return "";
    }
    Optional<Double> after = run.last("knn");
    after.ifPresent(knn -> rows.add(new FeatureScore("student, last in the log", knn, null)));
    boolean probed = rows.stream().anyMatch(row -> row.probe() != null);
    StringBuilder out = new StringBuilder("<table><tr><th>features</th><th>k-NN</th>");
    out.append(probed ? "<th>linear probe</th></tr>\n" : "</tr>\n");
    for (FeatureScore row : rows) {
      out.append("<tr><td>").append(Html.text(row.features())).append("</td>");
      out.append(percent(row.knn()));
      Double probe = row.probe();
      if (probed) {
        out.append(probe == null ? "<td></td>" : percent(probe));
      }
      out.append("</tr>\n");
    }
    return Html.section("Frozen features, top-1 in %", out.append("</table>\n").toString());
  }

  private static String percent(double value) {
    return "<td class=\"number\">" + String.format(Locale.ROOT, "%.1f", value) + "</td>";
  }
}

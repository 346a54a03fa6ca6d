package io.github.maskalign.cli.report;

import io.github.maskalign.eval.FeatureScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A table of how well frozen features tell classes apart: the student's beside others. */
final class FrozenSection {

  private FrozenSection() {}

  /** Empty where nothing was noted. */
  static String of(RunRecord run) {
    List<FeatureScore> rows = new ArrayList<>(run.scores());
    if (rows.isEmpty()) {
      return "";
    }
    Optional<Double> after = run.last("knn");
    after.ifPresent(knn -> rows.add(new FeatureScore("student, by the log's last", knn, null)));
    boolean probed = rows.stream().anyMatch(row -> row.probe() != null);
    StringBuilder out = new StringBuilder("<table><tr><th>features</th><th>k-NN</th>");
    out.append(probed ? "<th>linear probe</th></tr>\n" : "</tr>\n");
    for (FeatureScore row : rows) {
      out.append("<tr><td>").append(Html.text(row.features())).append("</td>");
      out.append(cell(row.knn()));
      Double probe = row.probe();
      if (probed) {
        out.append(probe == null ? "<td></td>" : cell(probe));
      }
      out.append("</tr>\n");
    }
    return Html.section("Frozen features, % right", out.append("</table>\n").toString());
  }

  private static String cell(double value) {
    return "<td class=\"number\">" + String.format(Locale.ROOT, "%.1f", value) + "</td>";
  }
}

package io.github.maskalign.cli.data;

import io.github.maskalign.cli.data.CheckReport.Copy;
import io.github.maskalign.cli.data.CheckReport.Damage;
import io.github.maskalign.cli.data.CheckReport.Range;
import io.github.maskalign.tensor.error.Printable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A report as text, with long lists truncated: the JSON file has all. */
final class ReportText {

  private static final int LISTED = 20;

  private ReportText() {}

  static void print(CheckReport report, PrintWriter out) {
    line(
        out,
        "checked",
        "%,d of %,d in %.1f s, %,.0f/s"
            .formatted(
                report.checked(),
                report.pictures(),
                report.seconds(),
                report.checked() / Math.max(report.seconds(), 1e-3)));
    line(out, "formats", counts(report.formats()));
    line(out, "colors", counts(report.colors()));
    line(out, "width", range(report.width(), "%.0f"));
    line(out, "height", range(report.height(), "%.0f"));
    line(out, "aspect", range(report.aspect(), "%.2f"));
    if (!report.classes().isEmpty()) {
      line(out, "classes", classes(report.classes()));
      empty(out, report);
    }
    if (!report.unlabeled().isEmpty()) {
      line(out, "no classes", Printable.line(report.unlabeled()));
    }
    report.ignored().forEach(each -> line(out, "ignored", each.text(LISTED)));
    line(out, "damaged", "%,d".formatted(report.damaged().size()));
    list(out, report.damaged(), (Damage damage) -> damage.file() + ": " + damage.reason());
    if (!report.unchecked().isEmpty()) {
      line(out, "not checked", "%,d".formatted(report.unchecked().size()));
      list(out, report.unchecked(), Damage::reason);
    }
    long others = report.copies().stream().filter(Copy::otherClass).count();
    line(
        out,
        "duplicates",
        "%,d%s"
            .formatted(
                report.copies().size(),
                others == 0 ? "" : ", %,d of them in different classes".formatted(others)));
    list(
        out,
        report.copies(),
        (Copy copy) ->
            copy.file() + " = " + copy.of() + (copy.otherClass() ? ", in a different class" : ""));
    out.flush();
  }

  /** Classes without images, which a long list of counts does not show. */
  private static void empty(PrintWriter out, CheckReport report) {
    List<String> names =
        report.classes().entrySet().stream()
            .filter(entry -> entry.getValue() == 0)
            .map(Map.Entry::getKey)
            .toList();
    if (!names.isEmpty() && report.checked() == report.pictures()) {
      line(
          out,
          "empty",
          "%,d of %,d classes: %s"
              .formatted(names.size(), report.classes().size(), Printable.line(names, LISTED)));
    }
  }

  private static void line(PrintWriter out, String what, String value) {
    out.printf(Locale.ROOT, "%-12s%s%n", what, value);
  }

  private static <T> void list(PrintWriter out, List<T> all, Function<T, String> text) {
    all.stream().limit(LISTED).forEach(one -> out.println("  " + text.apply(one)));
    if (all.size() > LISTED) {
      out.printf(Locale.ROOT, "  and %,d more (--json FILE writes all)%n", all.size() - LISTED);
    }
  }

  private static String counts(Map<String, Integer> counts) {
    return counts.isEmpty()
        ? "none"
        : counts.entrySet().stream()
            .map(entry -> "%s %,d".formatted(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", "));
  }

  private static String classes(Map<String, Integer> classes) {
    if (classes.size() <= LISTED) {
      return counts(classes);
    }
    double[] sizes = classes.values().stream().mapToDouble(Integer::doubleValue).toArray();
    return "%,d, images per class: %s".formatted(sizes.length, range(Range.of(sizes), "%.0f"));
  }

  private static String range(@Nullable Range range, String format) {
    return range == null
        ? "unknown"
        : String.format(
            Locale.ROOT,
            "%s to %s, median %s".replace("%s", format),
            range.min(),
            range.max(),
            range.median());
  }
}

package io.github.maskalign.cli.compare;

import io.github.maskalign.cli.report.LineChart;
import io.github.maskalign.tensor.io.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Charts of quality over time: one line per variant, mean and standard deviation over seeds. */
public final class CurvePlot {

  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;

  private CurvePlot() {}

  /** The horizontal axis. */
  public enum Axis {
    /** Seconds of training. */
    SECONDS("training time (s)") {
      @Override
      double of(TrialResult.Point point) {
        return point.seconds();
      }
    },
    /** Epochs. */
    EPOCHS("training length (epochs)") {
      @Override
      double of(TrialResult.Point point) {
        return point.epochs();
      }
    };

    private final String title;

    Axis(String title) {
      this.title = title;
    }

    abstract double of(TrialResult.Point point);
  }

  /** Writes an SVG file. */
  public static void write(Comparison comparison, Axis axis, Path file) {
    LineChart chart =
        new LineChart(
            comparison.score() + " (%), mean and standard deviation over seeds",
            axis.title,
            WIDTH,
            HEIGHT);
    comparison.byVariant().forEach((name, trials) -> chart.with(name, line(trials, axis)));
    comparison
        .baselines()
        .forEach(baseline -> chart.withReference(baseline.features(), baseline.knn()));
    try {
      AtomicFile.write(file, chart.document().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Trials of a variant have points at the same epochs; the shortest trial ends the line. */
  static List<LineChart.Point> line(List<TrialResult> trials, Axis axis) {
    int points = trials.stream().mapToInt(trial -> trial.curve().size()).min().orElse(0);
    List<LineChart.Point> line = new ArrayList<>();
    for (int i = 0; i < points; i++) {
      int place = i;
      Spread score = Comparison.spread(trials, trial -> trial.curve().get(place).score());
      double x = Comparison.spread(trials, trial -> axis.of(trial.curve().get(place))).mean();
      line.add(new LineChart.Point(x, score.mean(), trials.size() == 1 ? 0 : score.deviation()));
    }
    return line;
  }
}

package io.github.maskalign.cli.compare;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Quality against time: a line a variant through the means over its seeds, with their spread.
 *
 * @since 0.1.0
 */
public final class CurvePlot {

  private static final int WIDTH = 900;
  private static final int HEIGHT = 600;

  private CurvePlot() {}

  /** What the horizontal axis shows. */
  public enum Axis {
    /** Seconds of training. */
    SECONDS("seconds of training") {
      @Override
      double of(TrialResult.Point point) {
        return point.seconds();
      }
    },
    /** Passes over the pictures. */
    EPOCHS("epochs") {
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

  /** Writes a PNG. */
  public static void write(Comparison comparison, Axis axis, Path file) {
    XYChart chart = chart(comparison, axis);
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(chart, out, BitmapFormat.PNG);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private static XYChart chart(Comparison comparison, Axis axis) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(axis.title)
            .yAxisTitle(comparison.score() + " in %, mean and standard deviation over seeds")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartTitleVisible(false);
    comparison
        .byVariant()
        .forEach(
            (name, trials) -> {
              Line line = Line.of(trials, axis);
              chart.addSeries(name, line.x, line.y, line.deviation).setMarker(SeriesMarkers.CIRCLE);
            });
    return chart;
  }

  /**
   * What is drawn of a variant.
   *
   * @param x mean places of its points
   * @param y mean scores there
   * @param deviation of the scores over seeds, 0 with one seed
   */
  record Line(double[] x, double[] y, double[] deviation) {

    /** Trials of a variant have their points at the same epochs; the shortest ends the line. */
    static Line of(List<TrialResult> trials, Axis axis) {
      int points = trials.stream().mapToInt(trial -> trial.curve().size()).min().orElse(0);
      Line line = new Line(new double[points], new double[points], new double[points]);
      for (int i = 0; i < points; i++) {
        int place = i;
        Spread score = Comparison.spread(trials, trial -> trial.curve().get(place).score());
        line.x[i] = Comparison.spread(trials, trial -> axis.of(trial.curve().get(place))).mean();
        line.y[i] = score.mean();
        line.deviation[i] = trials.size() == 1 ? 0 : score.deviation();
      }
      return line;
    }
  }
}

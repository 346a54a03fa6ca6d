package io.github.maskalign.cli.compare;

import java.util.List;
import java.util.Map;

/**
 * What came out of one run: a variant with a seed.
 *
 * @param variant the variant's name
 * @param seed of everything random
 * @param settings that the run was made with, as words by name
 * @param curve the score over the run, in order, the last point at its end
 * @param imagesPerSecond of training, evaluation left out
 * @param finals further scores at the end, in per cent by name
 * @since 0.1.0
 */
public record TrialResult(
    String variant,
    long seed,
    Map<String, String> settings,
    List<Point> curve,
    double imagesPerSecond,
    Map<String, Double> finals) {

  /**
   * A score during training.
   *
   * @param epochs passes over the pictures so far
   * @param seconds of training so far, evaluation left out
   * @param score in per cent
   */
  public record Point(double epochs, double seconds, double score) {}

  /** Keeps its own copies; a run has a score at its end. */
  public TrialResult {
    settings = Map.copyOf(settings);
    curve = List.copyOf(curve);
    finals = Map.copyOf(finals);
    if (curve.isEmpty()) {
      throw new IllegalArgumentException("a trial of '" + variant + "' without a score");
    }
  }

  /** The score at the end. */
  public Point last() {
    return curve.getLast();
  }
}

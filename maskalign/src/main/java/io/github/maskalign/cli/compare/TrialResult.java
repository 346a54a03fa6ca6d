package io.github.maskalign.cli.compare;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The result of one trial: a variant with a seed.
 *
 * @param variant the variant's name
 * @param seed random seed
 * @param settings of the run, as text by name
 * @param curve the score over the run, in order, up to its end
 * @param imagesPerSecond of training, without evaluation
 * @param finals further scores at the end, in percent by name
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
   * @param epochs so far
   * @param seconds of training so far, without evaluation
   * @param score in percent
   */
  public record Point(double epochs, double seconds, double score) {}

  /** Copies the collections; requires a score. */
  public TrialResult {
    Objects.requireNonNull(variant);
    settings = Map.copyOf(settings);
    curve = List.copyOf(curve);
    finals = Map.copyOf(finals);
    if (curve.isEmpty()) {
      throw new ArgumentException("no score of variant '" + variant + "'");
    }
  }

  /** This result under another variant name. */
  TrialResult withVariant(String name) {
    return new TrialResult(name, seed, settings, curve, imagesPerSecond, finals);
  }

  /** The score at the end. */
  public Point last() {
    return curve.getLast();
  }
}

package io.github.maskalign.vectors.rounding;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vectors.cases.CaseKind;
import io.github.maskalign.vectors.cases.Manifest;
import io.github.maskalign.vectors.cases.Result;
import io.github.maskalign.vectors.cases.Slack;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures how far the rounding of factors moves the results of cases. The reference backend
 * computes a case without rounding, and then with the factors of all products rounded to each of
 * some {@linkplain FactorGrid grids} as coarse as the precision, shifted against each other by
 * equal ratios. What a backend of that precision rounds to is one more such grid, so its errors are
 * of the same size, whatever the network makes of them.
 *
 * <p>An element may differ by 8 times the root of the sum of two squares: the mean over the grids
 * of its own squared error, and that of all elements of its result. The first is of few numbers,
 * and the second is blind to elements that are far more sensitive than others.
 */
public final class RoundingErrors implements AutoCloseable {

  private static final int GRIDS = 8;

  /**
   * Of an element that is far more sensitive than the others there are only the errors on the
   * grids: Student's t with 8 degrees of freedom is beyond 8 in 1 of 20,000 cases. Elements like
   * the others have 11 standard deviations.
   */
  private static final double FACTOR = 8;

  private final Backends.Choice reference = Backends.open("reference", BackendOptions.defaults());
  private final int fractionBits;

  /**
   * Errors of a precision.
   *
   * @throws ArgumentException if it is F32, which rounds nothing
   */
  public RoundingErrors(Precision precision) {
    fractionBits = FactorGrid.fractionBits(precision);
  }

  /** The slack of the results of a case: none if it computes no product. */
  public Slack measure(Manifest manifest, CaseKind kind) {
    RoundingBackend exact = new RoundingBackend(reference.backend(), null);
    Map<String, Result> center = results(manifest, kind, exact);
    if (!exact.multiplies()) {
      return Slack.none();
    }
    Map<String, double[]> squares = new HashMap<>();
    center.forEach((name, result) -> squares.put(name, new double[result.values().length]));
    for (int i = 1; i <= GRIDS; i++) {
      FactorGrid grid = new FactorGrid(fractionBits, Math.pow(2, (double) i / (GRIDS + 1)));
      Map<String, Result> moved =
          results(manifest, kind, new RoundingBackend(reference.backend(), grid));
      squares.forEach(
          (name, sums) -> addSquares(sums, center.get(name).values(), moved.get(name).values()));
    }
    Map<String, double[]> bounds = new HashMap<>();
    squares.forEach((name, sums) -> bounds.put(name, bounds(sums, center.get(name))));
    return new Slack(bounds);
  }

  private static Map<String, Result> results(Manifest manifest, CaseKind kind, Backend backend) {
    try (VectorCase given = VectorCase.open(manifest, backend, Slack.none())) {
      kind.run(given);
      return given.checks().results();
    }
  }

  private static void addSquares(double[] sums, double[] center, double[] moved) {
    for (int i = 0; i < sums.length; i++) {
      // Not only a difference, which is NaN for infinities.
      double error = moved[i] == center[i] ? 0 : moved[i] - center[i];
      sums[i] += error * error;
    }
  }

  private static double[] bounds(double[] sums, Result result) {
    double[] bounds = new double[sums.length];
    int size = sums.length / result.parts();
    for (int from = 0; from < sums.length; from += size) {
      double mean =
          IntStream.range(from, from + size)
              .filter(i -> !result.excluded().get(i))
              .mapToDouble(i -> sums[i])
              .average()
              .orElse(0);
      for (int i = from; i < from + size; i++) {
        bounds[i] = FACTOR * Math.sqrt((sums[i] + mean) / GRIDS);
      }
    }
    return bounds;
  }

  @Override
  public void close() {
    reference.close();
  }
}

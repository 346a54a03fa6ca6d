package io.github.maskalign.vectors.rounding;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.vectors.cases.CaseKind;
import io.github.maskalign.vectors.cases.Manifest;
import io.github.maskalign.vectors.cases.Result;
import io.github.maskalign.vectors.cases.Slack;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Measures how far the rounding of factors moves the results of cases. The reference backend
 * computes a case without rounding, and then on some grids of the precision that are shifted
 * against each other; what a backend rounds to in truth is one more such grid.
 */
public final class RoundingErrors implements AutoCloseable {

  private static final int GRIDS = 8;
  private static final double FACTOR = 8;

  private final Backends.Choice reference = Backends.open("reference", BackendOptions.defaults());
  private final int fractionBits;

  /** Errors of a precision other than F32. */
  public RoundingErrors(Precision precision) {
    fractionBits = FactorGrid.fractionBits(precision);
  }

  /** What the results of a case may differ by, besides the manifest's tolerances. */
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
      squares.forEach((name, sums) -> add(sums, center.get(name), moved.get(name)));
    }
    squares.forEach((name, sums) -> bound(sums, center.get(name).parts()));
    return new Slack(squares);
  }

  private static void add(double[] squares, Result center, Result moved) {
    for (int i = 0; i < squares.length; i++) {
      double a = center.values()[i];
      double b = moved.values()[i];
      squares[i] += a == b ? 0 : (a - b) * (a - b) / GRIDS;
    }
  }

  private static void bound(double[] squares, int parts) {
    int size = squares.length / parts;
    for (int part = 0; part < parts; part++) {
      double mean = 0;
      for (int i = part * size; i < (part + 1) * size; i++) {
        mean += squares[i] / size;
      }
      for (int i = part * size; i < (part + 1) * size; i++) {
        squares[i] = FACTOR * Math.sqrt(squares[i] + mean);
      }
    }
  }

  private static Map<String, Result> results(Manifest manifest, CaseKind kind, Backend backend) {
    try (VectorCase given = VectorCase.open(manifest, backend, Slack.none())) {
      kind.run(given);
      return given.checks().results();
    }
  }

  @Override
  public void close() {
    reference.close();
  }
}

package io.github.maskalign.cli.visualize;

import java.util.Arrays;
import java.util.Random;

/**
 * The first three principal components of rows [N][D] as red, green and blue: computed by
 * orthogonal iteration on the covariance (Golub and Van Loan, Matrix Computations, 8.2.4), each
 * scaled so that its 1st to 99th percentiles fill 0 .. 1.
 */
public final class PrincipalColors {

  private static final int COMPONENTS = 3;
  private static final int MAX_ROUNDS = 500;
  private static final double CONVERGED = 1e-9;
  private static final double CUT = 0.01;

  private final double[] mean;
  private final double[][] directions;
  private final double[] low = new double[COMPONENTS];
  private final double[] high = new double[COMPONENTS];

  /** Fits the components to rows. */
  public PrincipalColors(float[][] rows) {
    this.mean = mean(rows);
    double[][] centered = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      centered[i] = centered(rows[i]);
    }
    this.directions = directions(centered, mean.length);
    for (int c = 0; c < COMPONENTS; c++) {
      double[] direction = directions[c];
      double[] places = Arrays.stream(centered).mapToDouble(row -> dot(row, direction)).toArray();
      Arrays.sort(places);
      int cut = (int) (CUT * places.length);
      low[c] = places[cut];
      high[c] = places[places.length - 1 - cut];
    }
  }

  /** The orthonormal components: [3][D]. */
  double[][] directions() {
    return directions;
  }

  /** The color of each row, as 0xRRGGBB. */
  public int[] colors(float[][] rows) {
    int[] colors = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      double[] row = centered(rows[i]);
      for (int c = 0; c < COMPONENTS; c++) {
        double range = high[c] - low[c];
        double share = range == 0 ? 0.5 : (dot(row, directions[c]) - low[c]) / range;
        colors[i] = colors[i] << 8 | (int) Math.round(255 * Math.clamp(share, 0, 1));
      }
    }
    return colors;
  }

  private static double[] mean(float[][] rows) {
    double[] mean = new double[rows[0].length];
    for (float[] row : rows) {
      for (int d = 0; d < mean.length; d++) {
        mean[d] += row[d] / rows.length;
      }
    }
    return mean;
  }

  private double[] centered(float[] row) {
    double[] centered = new double[row.length];
    for (int d = 0; d < row.length; d++) {
      centered[d] = row[d] - mean[d];
    }
    return centered;
  }

  private static double[][] directions(double[][] rows, int width) {
    Random random = new Random(1);
    double[][] directions = new double[COMPONENTS][width];
    for (double[] direction : directions) {
      Arrays.setAll(direction, _ -> random.nextGaussian());
    }
    orthonormalize(directions);
    for (int round = 0; round < MAX_ROUNDS; round++) {
      double[][] next = new double[COMPONENTS][width];
      for (double[] row : rows) {
        for (int c = 0; c < COMPONENTS; c++) {
          add(next[c], dot(row, directions[c]), row);
        }
      }
      orthonormalize(next);
      double moved = 0;
      for (int c = 0; c < COMPONENTS; c++) {
        moved = Math.max(moved, 1 - Math.abs(dot(next[c], directions[c])));
      }
      directions = next;
      if (moved < CONVERGED) {
        break;
      }
    }
    for (double[] direction : directions) {
      orient(direction);
    }
    return directions;
  }

  /** Gram-Schmidt; a direction without variance becomes 0. */
  private static void orthonormalize(double[][] directions) {
    for (int c = 0; c < directions.length; c++) {
      double before = Math.sqrt(dot(directions[c], directions[c]));
      for (int other = 0; other < c; other++) {
        add(directions[c], -dot(directions[c], directions[other]), directions[other]);
      }
      double length = Math.sqrt(dot(directions[c], directions[c]));
      double scale = length <= 1e-12 * before ? 0 : 1 / length;
      for (int d = 0; d < directions[c].length; d++) {
        directions[c][d] *= scale;
      }
    }
  }

  /** Makes the largest entry positive, so that colors are reproducible. */
  private static void orient(double[] direction) {
    double largest = 0;
    for (double value : direction) {
      if (Math.abs(value) > Math.abs(largest)) {
        largest = value;
      }
    }
    if (largest < 0) {
      for (int d = 0; d < direction.length; d++) {
        direction[d] = -direction[d];
      }
    }
  }

  private static void add(double[] to, double factor, double[] row) {
    for (int d = 0; d < to.length; d++) {
      to[d] += factor * row[d];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }
}

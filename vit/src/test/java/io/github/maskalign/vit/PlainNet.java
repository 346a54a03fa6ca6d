package io.github.maskalign.vit;

import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * The layers of a Vision Transformer in plain loops over doubles, one array per token, for one
 * image. Reads weights by the names of their files and shares no code with the library.
 */
final class PlainNet {

  private final Map<String, float[]> weights;
  private final double eps;
  private final int heads;

  PlainNet(Map<String, float[]> weights, double eps, int heads) {
    this.weights = weights;
    this.eps = eps;
    this.heads = heads;
  }

  Map<String, float[]> weights() {
    return weights;
  }

  float[] weight(String name) {
    float[] values = weights.get(name);
    if (values == null) {
      throw new IllegalArgumentException(name);
    }
    return values;
  }

  /**
   * x [T][in] -> [T][out], by the rows of the weight from {@code from} on; no bias if it is null.
   */
  double[][] linear(double[][] x, float[] weight, float[] bias, int from, int out) {
    double[][] y = new double[x.length][out];
    int in = x[0].length;
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < out; o++) {
        double sum = bias == null ? 0 : bias[from + o];
        for (int i = 0; i < in; i++) {
          sum += x[t][i] * weight[(from + o) * in + i];
        }
        y[t][o] = sum;
      }
    }
    return y;
  }

  double[][] linear(double[][] x, String name) {
    float[] weight = weight(name + ".weight");
    return linear(x, weight, weights.get(name + ".bias"), 0, weight.length / x[0].length);
  }

  double[][] norm(double[][] x, String name) {
    float[] gamma = weight(name + ".weight");
    float[] beta = weight(name + ".bias");
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double mean = Arrays.stream(x[t]).average().orElseThrow();
      double variance =
          Arrays.stream(x[t]).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      y[t] = new double[x[t].length];
      for (int i = 0; i < y[t].length; i++) {
        y[t][i] = (x[t][i] - mean) / Math.sqrt(variance + eps) * gamma[i] + beta[i];
      }
    }
    return y;
  }

  /** The image [C][H][W], row-major, as patches [N][D]. */
  double[][] patches(double[] image, int channels, int size, int patch, String name) {
    int grid = size / patch;
    double[][] rows = new double[grid * grid][channels * patch * patch];
    for (int p = 0; p < rows.length; p++) {
      int at = 0;
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < patch; y++) {
          for (int x = 0; x < patch; x++) {
            int row = p / grid * patch + y;
            rows[p][at++] = image[(c * size + row) * size + p % grid * patch + x];
          }
        }
      }
    }
    return linear(rows, name);
  }

  /** Attention probabilities by head, [heads][queries][T]. */
  double[][][] probabilities(double[][] q, double[][] k) {
    int[] ones = new int[k.length];
    Arrays.fill(ones, 1);
    return probabilities(q, k, ones);
  }

  /** The same where each key counts as several equal ones. */
  double[][][] probabilities(double[][] q, double[][] k, int[] counts) {
    int length = q[0].length / heads;
    double[][][] p = new double[heads][q.length][k.length];
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < q.length; i++) {
        double total = 0;
        for (int j = 0; j < k.length; j++) {
          double dot = 0;
          for (int c = h * length; c < (h + 1) * length; c++) {
            dot += q[i][c] * k[j][c];
          }
          p[h][i][j] = counts[j] * Math.exp(dot / Math.sqrt(length));
          total += p[h][i][j];
        }
        for (int j = 0; j < k.length; j++) {
          p[h][i][j] /= total;
        }
      }
    }
    return p;
  }

  double[][] attend(double[][][] p, double[][] v) {
    int length = v[0].length / heads;
    double[][] y = new double[p[0].length][v[0].length];
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < y.length; i++) {
        for (int j = 0; j < v.length; j++) {
          for (int c = h * length; c < (h + 1) * length; c++) {
            y[i][c] += p[h][i][j] * v[j][c];
          }
        }
      }
    }
    return y;
  }

  /** Rotates the tokens after the prefix; channels half a head apart form a pair. */
  double[][] rotated(double[][] x, int prefix) {
    int length = x[0].length / heads;
    int grid = (int) Math.sqrt(x.length - prefix);
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      y[t] = x[t].clone();
      for (int h = 0; t >= prefix && h < heads; h++) {
        for (int i = 0; i < length / 2; i++) {
          boolean vertical = i < length / 4;
          int place = vertical ? (t - prefix) / grid : (t - prefix) % grid;
          double coordinate = (place + 0.5) / grid * 2 - 1;
          double period = Math.pow(100, 4.0 * (i % (length / 4)) / length);
          double angle = 2 * Math.PI * coordinate / period;
          int a = h * length + i;
          int b = a + length / 2;
          y[t][a] = x[t][a] * Math.cos(angle) - x[t][b] * Math.sin(angle);
          y[t][b] = x[t][b] * Math.cos(angle) + x[t][a] * Math.sin(angle);
        }
      }
    }
    return y;
  }

  // ---- elementwise ----

  static double[][] map(double[][] x, DoubleUnaryOperator function) {
    return Arrays.stream(x)
        .map(row -> Arrays.stream(row).map(function).toArray())
        .toArray(double[][]::new);
  }

  /** x + scale * y; a scale of null is 1. */
  static double[][] add(double[][] x, double[][] y, float[] scale) {
    double[][] sum = new double[x.length][x[0].length];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < sum[t].length; i++) {
        sum[t][i] = x[t][i] + y[t][i] * (scale == null ? 1 : scale[i]);
      }
    }
    return sum;
  }

  /** Rows {@code from <= t < to} of a table of the width of {@code like}. */
  static double[][] rows(float[] table, int width, int from, int to) {
    double[][] rows = new double[to - from][width];
    for (int t = from; t < to; t++) {
      for (int i = 0; i < width; i++) {
        rows[t - from][i] = table[t * width + i];
      }
    }
    return rows;
  }

  static double[][] join(double[][]... parts) {
    return Arrays.stream(parts).flatMap(Arrays::stream).toArray(double[][]::new);
  }

  static double gelu(double x) {
    return x / 2 * (1 + erf(x / Math.sqrt(2)));
  }

  static double tanhGelu(double x) {
    return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  /** The power series of erf, which converges everywhere and is accurate enough up to 5. */
  static double erf(double x) {
    if (Math.abs(x) > 5) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 150; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
}

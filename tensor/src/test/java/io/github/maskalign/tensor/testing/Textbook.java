package io.github.maskalign.tensor.testing;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;

/** Formulas as a textbook prints them, on Java numbers: they share no code with the library. */
final class Textbook {

  private Textbook() {}

  static double apply(UnaryOp op, double x) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case ERF -> erf(x);
      case RELU -> Math.max(x, 0);
    };
  }

  static double apply(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case GREATER_EQUAL -> a >= b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
    };
  }

  /**
   * The error function: small arguments by the Maclaurin series, larger ones from {@code erfc(x) =
   * 2x/pi exp(-x^2) integral of exp(-t^2) / (t^2 + x^2)} over t from 0, by the trapezoidal rule,
   * which converges geometrically here.
   */
  static double erf(double x) {
    double a = Math.abs(x);
    if (Double.isNaN(x)) {
      return x;
    }
    if (a > 6) {
      return Math.signum(x);
    }
    return Math.copySign(a < 1.5 ? maclaurin(a) : 1 - complement(a), x);
  }

  private static double maclaurin(double x) {
    double power = x;
    double sum = 0;
    for (int n = 0; n < 60; n++) {
      sum += power / (2 * n + 1);
      power *= -x * x / (n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  private static double complement(double x) {
    double step = 0.2;
    double sum = 0.5 / (x * x);
    for (double t = step; t < 7; t += step) {
      sum += Math.exp(-t * t) / (t * t + x * x);
    }
    return 2 * x / Math.PI * Math.exp(-x * x) * step * sum;
  }

  /** The element of {@code to} into which element {@code i} of {@code from} is reduced. */
  static int foldedInto(int i, Shape from, Shape to) {
    int target = 0;
    int stride = 1;
    int rest = i;
    for (int axis = from.rank() - 1; axis >= 0; axis--) {
      int at = rest % from.dim(axis);
      rest /= from.dim(axis);
      if (to.dim(axis) != 1) {
        target += at * stride;
        stride *= to.dim(axis);
      }
    }
    return target;
  }

  static double gelu(Gelu kind, double x) {
    return switch (kind) {
      case ERF -> x / 2 * (1 + erf(x / Math.sqrt(2)));
      case TANH -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case QUICK -> x / (1 + Math.exp(-1.702 * x));
    };
  }

  static double[] softmax(double... x) {
    double total = 0;
    for (double v : x) {
      total += Math.exp(v);
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.exp(x[i]) / total;
    }
    return y;
  }

  static double[] layerNorm(double[] x, double[] gamma, double[] beta, double eps) {
    double mean = 0;
    for (double v : x) {
      mean += v / x.length;
    }
    double variance = 0;
    for (double v : x) {
      variance += (v - mean) * (v - mean) / x.length;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance + eps) * gamma[i] + beta[i];
    }
    return y;
  }

  /** How much a key counts for a query: 0 if it is hidden, e^bias if its score has a bias. */
  @FunctionalInterface
  interface Counts {
    double of(int query, int key);
  }

  /**
   * Probabilities [heads, T, T] of one image's {@code qkv [T, 3 * width]}: the softmax over keys
   * that count as given.
   */
  static double[][][] attentionProbabilities(
      double[][] qkv, int heads, double scale, Counts counts) {
    int tokens = qkv.length;
    int width = qkv[0].length / 3;
    int d = width / heads;
    double[][][] p = new double[heads][tokens][tokens];
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < tokens; i++) {
        double total = 0;
        for (int j = 0; j < tokens; j++) {
          double score = 0;
          for (int c = 0; c < d; c++) {
            score += scale * qkv[i][h * d + c] * qkv[j][width + h * d + c];
          }
          p[h][i][j] = counts.of(i, j) * Math.exp(score);
          total += p[h][i][j];
        }
        for (int j = 0; j < tokens && total > 0; j++) {
          p[h][i][j] /= total;
        }
      }
    }
    return p;
  }

  /** Attention [T, width] of one image's {@code qkv [T, 3 * width]}. */
  static double[][] attention(double[][] qkv, int heads, double scale, Counts counts) {
    double[][][] p = attentionProbabilities(qkv, heads, scale, counts);
    int width = qkv[0].length / 3;
    double[][] y = new double[qkv.length][width];
    for (int i = 0; i < qkv.length; i++) {
      for (int c = 0; c < width; c++) {
        for (int j = 0; j < qkv.length; j++) {
          y[i][c] += p[c / (width / heads)][i][j] * qkv[j][2 * width + c];
        }
      }
    }
    return y;
  }

  static double smoothL1(double[] prediction, double[] target, double beta) {
    double sum = 0;
    for (int i = 0; i < prediction.length; i++) {
      double e = Math.abs(prediction[i] - target[i]);
      sum += e < beta ? e * e / (2 * beta) : e - beta / 2;
    }
    return sum / prediction.length;
  }

  /** One row's cross-entropy. */
  static double crossEntropy(double[] logits, double[] targets) {
    double[] p = softmax(logits);
    double sum = 0;
    for (int c = 0; c < p.length; c++) {
      sum -= targets[c] * Math.log(p[c]);
    }
    return sum;
  }
}

package io.github.maskalign.cuda.kernel;

import io.github.maskalign.tensor.BFloat16;
import java.util.function.IntPredicate;

/**
 * Attention and its gradient by plain loops in double precision, from operands rounded to BF16. The
 * result is that of tensor cores except for the rounding of probabilities and score gradients,
 * which are factors of the last products. Each result comes with the sum of the magnitudes of these
 * factors; the bound of their rounding is a multiple of it.
 *
 * @param y [images, tokens, heads, size]
 * @param gradients [images, tokens, 3, heads, size]
 * @param probabilities [images, heads, tokens, tokens]
 */
record RoundedAttention(
    double[] y,
    double[] sizeOfY,
    double[] gradients,
    double[] sizeOfGradients,
    double[] probabilities) {

  /** Whether a query of an image may attend to a key. */
  @FunctionalInterface
  interface Attends {
    boolean to(int image, int query, int key);
  }

  static RoundedAttention of(
      float[] qkv,
      float[] g,
      int images,
      int tokens,
      int heads,
      int size,
      double scale,
      Attends attends) {
    return exact(rounded(qkv), rounded(g), images, tokens, heads, size, scale, attends);
  }

  /** The same without rounding. */
  static RoundedAttention exact(
      float[] qkv,
      float[] g,
      int images,
      int tokens,
      int heads,
      int size,
      double scale,
      Attends attends) {
    RoundedAttention all =
        new RoundedAttention(
            new double[g.length],
            new double[g.length],
            new double[qkv.length],
            new double[qkv.length],
            new double[images * heads * tokens * tokens]);
    for (int image = 0; image < images; image++) {
      for (int head = 0; head < heads; head++) {
        int q = (image * tokens * 3 * heads + head) * size;
        int own = (image * tokens * heads + head) * size;
        int p = (image * heads + head) * tokens * tokens;
        for (int i = 0; i < tokens; i++) {
          int sample = image;
          int query = i;
          IntPredicate seen = key -> attends.to(sample, query, key);
          all.query(qkv, g, tokens, heads * size, size, scale, seen, q, own, p, i);
        }
      }
    }
    return all;
  }

  private void query(
      float[] qkv,
      float[] g,
      int tokens,
      int width,
      int size,
      double scale,
      IntPredicate seen,
      int head,
      int own,
      int first,
      int i) {
    int query = head + 3 * width * i;
    int out = own + width * i;
    double[] p = new double[tokens];
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < tokens; j++) {
      p[j] =
          seen.test(j)
              ? scale * dot(qkv, query, qkv, head + width * (3 * j + 1), size)
              : Double.NEGATIVE_INFINITY;
      max = Math.max(max, p[j]);
    }
    double sum = 0;
    for (int j = 0; j < tokens; j++) {
      p[j] = seen.test(j) ? Math.exp(p[j] - max) : 0;
      sum += p[j];
    }
    double[] dp = new double[tokens];
    double delta = 0;
    for (int j = 0; j < tokens; j++) {
      p[j] = sum == 0 ? 0 : p[j] / sum;
      probabilities[first + i * tokens + j] = p[j];
      dp[j] = dot(g, out, qkv, head + width * (3 * j + 2), size);
      delta += p[j] * dp[j];
    }
    for (int j = 0; j < tokens; j++) {
      int key = head + width * (3 * j + 1);
      int value = key + width;
      double ds = scale * p[j] * (dp[j] - delta);
      // Both terms have rounding errors that do not shrink with their difference.
      double lost = scale * p[j] * (Math.abs(dp[j]) + Math.abs(delta));
      for (int c = 0; c < size; c++) {
        add(y, sizeOfY, out + c, p[j], qkv[value + c], 0);
        add(gradients, sizeOfGradients, query + c, ds, qkv[key + c], lost);
        add(gradients, sizeOfGradients, key + c, ds, qkv[query + c], lost);
        add(gradients, sizeOfGradients, value + c, p[j], g[out + c], 0);
      }
    }
  }

  private static void add(
      double[] sums, double[] sizes, int at, double weight, float x, double lost) {
    sums[at] += weight * x;
    sizes[at] += Math.max(Math.abs(weight), Math.abs(lost) / 16) * Math.abs(x);
  }

  private static double dot(float[] a, int aAt, float[] b, int bAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) a[aAt + i] * b[bAt + i];
    }
    return sum;
  }

  private static float[] rounded(float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = BFloat16.toFloat(BFloat16.fromFloat(x[i]));
    }
    return y;
  }
}

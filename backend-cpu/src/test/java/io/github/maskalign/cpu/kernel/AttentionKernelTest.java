package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.kernel.KernelData.Block;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionKernelTest {
  /** Attention of one head by plain loops in double. */
  private static final class Exact {
    final int tokens;
    final int size;
    final double scale;
    final double[][][] qkv = new double[3][][];
    final double[][] p;

    Exact(Block x, int batch, int head, int tokens, int heads, int size, double scale) {
      this.tokens = tokens;
      this.size = size;
      this.scale = scale;
      for (int third = 0; third < 3; third++) {
        qkv[third] = new double[tokens][size];
        for (int t = 0; t < tokens; t++) {
          for (int k = 0; k < size; k++) {
            qkv[third][t][k] =
                x.get(
                    (((long) batch * tokens + t) * 3 + third) * heads * size
                        + (long) head * size
                        + k);
          }
        }
      }
      p = new double[tokens][tokens];
      for (int i = 0; i < tokens; i++) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < tokens; j++) {
          p[i][j] = scale * dot(qkv[0][i], qkv[1][j]);
          max = Math.max(max, p[i][j]);
        }
        double sum = 0;
        for (int j = 0; j < tokens; j++) {
          p[i][j] = Math.exp(p[i][j] - max);
          sum += p[i][j];
        }
        for (int j = 0; j < tokens; j++) {
          p[i][j] /= sum;
        }
      }
    }

    double output(int token, int k) {
      double sum = 0;
      for (int j = 0; j < tokens; j++) {
        sum += p[token][j] * qkv[2][j][k];
      }
      return sum;
    }

    /** Gradients of the thirds, from g [tokens][size]. */
    double[][][] backward(double[][] g) {
      double[][][] d = new double[3][tokens][size];
      for (int i = 0; i < tokens; i++) {
        double mean = 0;
        double[] dp = new double[tokens];
        for (int j = 0; j < tokens; j++) {
          dp[j] = dot(g[i], qkv[2][j]);
          mean += p[i][j] * dp[j];
        }
        for (int j = 0; j < tokens; j++) {
          double ds = p[i][j] * (dp[j] - mean) * scale;
          for (int k = 0; k < size; k++) {
            d[0][i][k] += ds * qkv[1][j][k];
            d[1][j][k] += ds * qkv[0][i][k];
            d[2][j][k] += p[i][j] * g[i][k];
          }
        }
      }
      return d;
    }

    static double dot(double[] a, double[] b) {
      double sum = 0;
      for (int k = 0; k < a.length; k++) {
        sum += a[k] * b[k];
      }
      return sum;
    }
  }

  private static Exact[] heads(Block x, int batch, int tokens, int heads, int size, double scale) {
    Exact[] all = new Exact[batch * heads];
    for (int t = 0; t < all.length; t++) {
      all[t] = new Exact(x, t / heads, t % heads, tokens, heads, size, scale);
    }
    return all;
  }

  private static Block forward(Block x, float scale, AttentionKernel.Shape shape) {
    return KernelData.run(
        shape.batch() * shape.tokens() * shape.third(),
        (w, out) ->
            KernelData.kernels(w).attention().forward(x.operand(), scale, out.operand(), shape));
  }

  /** Rounding of scores grows with their size, and enters the probabilities as a factor. */
  private static double bound(int tokens, int size, double deviation) {
    double score = deviation * deviation * Math.sqrt(size);
    return 0x1p-24 * deviation * (16 + 8 * score + Math.sqrt(tokens));
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,1", "2,2,1,7,1", "1,3,2,20,1", "2,15,3,16,1", "2,60,3,64,1", "1,61,2,24,1",
    "1,197,2,64,1", "1,197,1,48,3", "3,16,2,33,1", "1,300,1,12,1", "1,1000,1,8,1", "0,4,2,8,1",
    "1,64,1,64,1", "1,65,2,40,1", "1,111,1,80,1", "2,50,2,64,1"
  })
  void forward(int batch, int tokens, int heads, int size, double deviation) {
    int d = heads * size;
    Block x = KernelData.normal(batch * tokens * 3 * d, tokens, deviation);
    float scale = (float) (1 / Math.sqrt(size));
    Block y = forward(x, scale, new AttentionKernel.Shape(batch, tokens, heads, size));
    Exact[] exact = heads(x, batch, tokens, heads, size, scale);
    y.expect(
        i -> exact[i / (tokens * d) * heads + i % d / size].output(i / d % tokens, i % size),
        want -> bound(tokens, size, deviation));
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,0,1",
    "2,15,3,16,3,5",
    "1,60,2,24,0,60",
    "2,197,2,20,196,1",
    "1,300,1,12,7,280"
  })
  void probabilities(int batch, int tokens, int heads, int size, int from, int queries) {
    Block x = KernelData.normal(batch * tokens * 3 * heads * size, tokens);
    float scale = (float) (1 / Math.sqrt(size));
    Block y =
        KernelData.run(
            batch * heads * queries * tokens,
            (w, out) ->
                KernelData.kernels(w)
                    .attention()
                    .probabilities(
                        x.operand(),
                        scale,
                        from,
                        queries,
                        out.operand(),
                        new AttentionKernel.Shape(batch, tokens, heads, size)));
    Exact[] exact = heads(x, batch, tokens, heads, size, scale);
    y.expect(
        i -> exact[i / tokens / queries].p[from + i / tokens % queries][i % tokens],
        want -> want * bound(tokens, size, 1) * 4);
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,1", "2,2,1,7,1", "1,3,2,20,1", "2,15,3,16,1", "2,60,3,64,1", "1,61,2,24,1",
    "1,197,2,64,1", "1,197,1,48,2", "3,16,2,33,1", "1,300,1,12,1", "1,1000,1,8,1", "0,4,2,8,1",
    "1,64,1,64,1", "1,65,2,40,1", "1,111,1,80,1", "2,50,2,64,1"
  })
  void backward(int batch, int tokens, int heads, int size, double deviation) {
    int d = heads * size;
    Block x = KernelData.normal(batch * tokens * 3 * d, tokens, deviation);
    Block g = KernelData.normal(batch * tokens * d, size);
    float scale = (float) (1 / Math.sqrt(size));
    Block dx =
        KernelData.run(
            x.size(),
            (w, out) ->
                KernelData.kernels(w)
                    .attention()
                    .backward(
                        x.operand(),
                        scale,
                        g.operand(),
                        out.operand(),
                        new AttentionKernel.Shape(batch, tokens, heads, size)));
    Exact[] exact = heads(x, batch, tokens, heads, size, scale);
    double[][][][] want = new double[batch * heads][][][];
    for (int t = 0; t < want.length; t++) {
      double[][] gHead = new double[tokens][size];
      for (int i = 0; i < tokens; i++) {
        for (int k = 0; k < size; k++) {
          gHead[i][k] = g.get(((long) t / heads * tokens + i) * d + (long) t % heads * size + k);
        }
      }
      want[t] = exact[t].backward(gHead);
    }
    dx.expect(
        i -> {
          int head = i % d / size;
          int token = i / (3 * d) % tokens;
          return want[i / (3 * d * tokens) * heads + head][i / d % 3][token][i % size];
        },
        value -> 8 * bound(tokens, size, deviation) * (1 + Math.abs(value)));
  }

  @ParameterizedTest
  @CsvSource({"-0.5", "0"})
  void anyScale(float scale) {
    int tokens = 21;
    int size = 16;
    Block x = KernelData.normal(tokens * 3 * size, tokens);
    Block y = forward(x, scale, new AttentionKernel.Shape(1, tokens, 1, size));
    Exact exact = new Exact(x, 0, 0, tokens, 1, size, scale);
    y.expect(i -> exact.output(i / size, i % size), want -> bound(tokens, size, 2));
  }

  @ParameterizedTest
  @CsvSource({"1000", "-1000"})
  void largeScoresDoNotOverflow(float q) {
    // One head of size 1: the scores are q, 2q, 3q, so one key takes all.
    Block x = KernelData.of(q, 1, 5, q, 2, 6, q, 3, 7);
    Block y = forward(x, 1f, new AttentionKernel.Shape(1, 3, 1, 1));
    y.expect(i -> q > 0 ? 7 : 5, want -> 0);
  }
}

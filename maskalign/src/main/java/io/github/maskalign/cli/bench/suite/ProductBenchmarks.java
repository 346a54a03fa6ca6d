package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.Benchmark.Work;
import io.github.maskalign.cli.bench.measure.Operands;
import io.github.maskalign.tensor.Tensor;
import java.util.List;

/** Matrix products and attention. */
public final class ProductBenchmarks {

  private static final int HEADS = 12;
  private static final int HEAD_WIDTH = 64;
  private static final int WIDTH = HEADS * HEAD_WIDTH;
  private static final double SCALE = 0.125;

  private ProductBenchmarks() {}

  /** The linear layers of ViT-B and ViT-S: 60 tokens of 16 images, 197 tokens of 8. */
  static List<Benchmark> all() {
    return List.of(
        sgemm(960, 768, 768, "NN"),
        sgemm(960, 2304, 768, "NN"),
        sgemm(960, 3072, 768, "NN"),
        sgemm(960, 768, 3072, "NN"),
        sgemm(1576, 768, 768, "NN"),
        sgemm(1576, 2304, 768, "NN"),
        sgemm(1576, 3072, 768, "NN"),
        sgemm(1576, 768, 3072, "NN"),
        sgemm(960, 768, 3072, "NT"),
        sgemm(768, 3072, 960, "TN"),
        sgemm(960, 384, 384, "NN"),
        sgemm(960, 1536, 384, "NN"),
        attention(16, 60),
        attention(4, 197),
        attentionGrad(16, 60),
        attentionGrad(4, 197));
  }

  /** {@code m x n x k}; T in the order marks a transposed operand. */
  public static Benchmark sgemm(int m, int n, int k, String order) {
    return Benchmark.kernel(
        "sgemm/" + m + "x" + n + "x" + k + "/" + order,
        "[%d, %d] x [%d, %d]".formatted(m, k, k, n),
        Work.ofFlops(Flops.product(m, n, k)),
        operands -> {
          Tensor a = matrix(operands, m, k, order.charAt(0) == 'T');
          Tensor b = matrix(operands, k, n, order.charAt(1) == 'T');
          return eager -> eager.matmul(a, b);
        });
  }

  private static Tensor matrix(Operands operands, int rows, int columns, boolean transposed) {
    return transposed
        ? operands.scope().eager().transpose(operands.random(columns, rows))
        : operands.random(rows, columns);
  }

  private static Benchmark attention(int batch, int tokens) {
    return Benchmark.kernel(
        "attention/forward/" + tokens,
        what(batch, tokens),
        Work.ofFlops(Flops.attention(batch, tokens, WIDTH)),
        operands -> {
          Tensor qkv = operands.random(batch, tokens, 3 * WIDTH);
          return eager -> eager.attention(qkv, HEADS, SCALE);
        });
  }

  private static Benchmark attentionGrad(int batch, int tokens) {
    return Benchmark.kernel(
        "attention/backward/" + tokens,
        what(batch, tokens),
        Work.ofFlops(Flops.attentionGrad(batch, tokens, WIDTH)),
        operands -> {
          Tensor qkv = operands.random(batch, tokens, 3 * WIDTH);
          Tensor g = operands.random(batch, tokens, WIDTH);
          return eager -> eager.attentionGrad(qkv, HEADS, SCALE, g);
        });
  }

  private static String what(int batch, int tokens) {
    return "%d images, %d heads of %d".formatted(batch, HEADS, HEAD_WIDTH);
  }
}

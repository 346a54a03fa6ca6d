package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.Work;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import java.util.List;

/** Operations on rows of a few hundred or thousand values. */
final class RowBenchmarks {

  private static final double EPS = 1e-6;
  private static final int CLASSES = 1000;

  private RowBenchmarks() {}

  static List<Benchmark> all() {
    return List.of(
        softmax(11520, 60),
        softmax(9456, 197),
        layerNorm(960, 768),
        layerNormGrad(960, 768),
        biasGelu(960, 3072),
        geluGrad(960, 3072),
        smoothL1(960, 768),
        crossEntropy(256));
  }

  private static Benchmark softmax(int rows, int columns) {
    return Benchmark.kernel(
        "softmax/" + columns,
        shape(rows, columns),
        perValue(rows, columns, 2),
        operands -> {
          Tensor x = operands.random(rows, columns);
          return eager -> eager.softmax(x);
        });
  }

  private static Benchmark layerNorm(int rows, int columns) {
    return Benchmark.kernel(
        "layer-norm/forward",
        shape(rows, columns),
        perValue(rows, columns, 2),
        operands -> {
          Tensor x = operands.random(rows, columns);
          Tensor gamma = operands.random(columns);
          Tensor beta = operands.random(columns);
          return eager -> eager.layerNorm(x, gamma, beta, EPS);
        });
  }

  private static Benchmark layerNormGrad(int rows, int columns) {
    return Benchmark.kernel(
        "layer-norm/backward",
        shape(rows, columns),
        perValue(rows, columns, 3),
        operands -> {
          Tensor x = operands.random(rows, columns);
          Tensor gamma = operands.random(columns);
          Tensor g = operands.random(rows, columns);
          return eager -> eager.layerNormGrad(x, gamma, EPS, g);
        });
  }

  private static Benchmark biasGelu(int rows, int columns) {
    return Benchmark.kernel(
        "bias-gelu/forward",
        shape(rows, columns) + ", exact",
        perValue(rows, columns, 2),
        operands -> {
          Tensor x = operands.random(rows, columns);
          Tensor bias = operands.random(columns);
          return eager -> eager.gelu(eager.add(x, bias), Gelu.ERF);
        });
  }

  private static Benchmark geluGrad(int rows, int columns) {
    return Benchmark.kernel(
        "bias-gelu/backward",
        shape(rows, columns) + ", exact",
        perValue(rows, columns, 3),
        operands -> {
          Tensor x = operands.random(rows, columns);
          Tensor g = operands.random(rows, columns);
          return eager -> eager.sum(eager.geluGrad(x, Gelu.ERF, g), false, 0);
        });
  }

  private static Benchmark smoothL1(int rows, int columns) {
    return Benchmark.kernel(
        "smooth-l1/forward",
        shape(rows, columns),
        perValue(rows, columns, 2),
        operands -> {
          Tensor prediction = operands.random(rows, columns);
          Tensor target = operands.positive(rows, columns);
          return eager -> eager.smoothL1(prediction, target, 1);
        });
  }

  private static Benchmark crossEntropy(int rows) {
    return Benchmark.kernel(
        "cross-entropy/forward",
        shape(rows, CLASSES),
        perValue(rows, CLASSES, 2),
        operands -> {
          Tensor logits = operands.random(rows, CLASSES);
          Tensor targets = operands.scope().eager().softmax(operands.random(rows, CLASSES));
          return eager -> eager.crossEntropy(logits, targets);
        });
  }

  /** Each value read or written so many times. */
  private static Work perValue(int rows, int columns, int times) {
    return Work.ofBytes((double) times * Float.BYTES * rows * columns);
  }

  private static String shape(int rows, int columns) {
    return "[" + rows + ", " + columns + "]";
  }
}

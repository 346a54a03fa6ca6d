package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.Map;

/** Losses, and accuracy. */
final class LossKinds {

  @FunctionalInterface
  private interface Loss {
    Tensor of(Ops ops, Tensor input, Tensor target);
  }

  private LossKinds() {}

  static void smoothL1(VectorCase given) {
    double beta = given.real("beta");
    regression(given, (ops, input, target) -> ops.smoothL1(input, target, beta));
  }

  static void l1(VectorCase given) {
    regression(
        given,
        (ops, input, target) -> ops.mean(ops.unary(UnaryOp.ABS, ops.sub(input, target)), false));
  }

  static void mse(VectorCase given) {
    regression(
        given,
        (ops, input, target) -> ops.mean(ops.unary(UnaryOp.SQUARE, ops.sub(input, target)), false));
  }

  private static void regression(VectorCase given, Loss loss) {
    if (!given.text("reduction").equals("mean")) {
      throw new ArgumentException("only the mean is supported");
    }
    Map<String, Tensor> in = given.tensors("in.");
    given.differentiate(in, ops -> Map.of("y", loss.of(ops, in.get("input"), in.get("target"))));
  }

  static void crossEntropy(VectorCase given) {
    labels(given, 0);
  }

  static void smoothedCrossEntropy(VectorCase given) {
    labels(given, given.real("smoothing"));
  }

  private static void labels(VectorCase given, double smoothing) {
    Tensor logits = given.tensor("in.logits");
    int[] labels = given.integers("in.labels");
    given.differentiate(
        Map.of("logits", logits),
        ops -> {
          Tensor targets =
              Classification.targets(ops, logits.dtype(), labels, logits.dim(1), smoothing);
          return Map.of("y", ops.crossEntropy(logits, targets));
        });
  }

  static void softCrossEntropy(VectorCase given) {
    Tensor logits = given.tensor("in.logits");
    Tensor target = given.tensor("in.target");
    given.differentiate(
        Map.of("logits", logits), ops -> Map.of("y", ops.crossEntropy(logits, target)));
  }

  static void accuracy(VectorCase given) {
    if (!given.text("unit").equals("percent")) {
      throw new ArgumentException("only percent is supported");
    }
    float[] logits = given.floats("in.logits");
    int[] labels = given.integers("in.labels");
    int classes = given.dims("in.logits")[1];
    for (int k : new int[] {1, 5}) {
      given.checks().number("out.acc" + k, Classification.accuracy(logits, labels, classes, k));
    }
  }
}

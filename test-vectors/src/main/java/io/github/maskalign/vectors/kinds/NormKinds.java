package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.nn.BatchNorm;
import io.github.maskalign.autograd.nn.L2Normalize;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.Map;
import java.util.function.BiFunction;

/** Activations and normalizations. */
final class NormKinds {

  private static final double QUICK_GELU_SLOPE = 1.702;

  private NormKinds() {}

  static void softmax(VectorCase given) {
    overLastAxis(given, Ops::softmax);
  }

  static void logSoftmax(VectorCase given) {
    overLastAxis(given, Ops::logSoftmax);
  }

  static void unitNorm(VectorCase given) {
    double eps = given.real("eps");
    overLastAxis(given, (ops, x) -> L2Normalize.forward(ops, x, eps));
  }

  private static void overLastAxis(VectorCase given, BiFunction<Ops, Tensor, Tensor> function) {
    Tensor x = given.tensor("in.x");
    if (x.shape().axis(given.integer("axis")) != x.shape().rank() - 1) {
      throw new ArgumentException("only the last axis is supported");
    }
    given.differentiate(Map.of("x", x), ops -> Map.of("y", function.apply(ops, x)));
  }

  static void gelu(VectorCase given) {
    gelu(given, given.text("form").contains("tanh") ? Gelu.TANH : Gelu.ERF);
  }

  static void quickGelu(VectorCase given) {
    if (given.real("slope") != QUICK_GELU_SLOPE) {
      throw new ArgumentException("only slope " + QUICK_GELU_SLOPE + " is supported");
    }
    gelu(given, Gelu.QUICK);
  }

  private static void gelu(VectorCase given, Gelu kind) {
    Tensor x = given.tensor("in.x");
    given.differentiate(Map.of("x", x), ops -> Map.of("y", ops.gelu(x, kind)));
  }

  static void layerNorm(VectorCase given) {
    double eps = given.real("eps");
    Map<String, Tensor> in = given.tensors("in.");
    given.differentiate(
        in, ops -> Map.of("y", ops.layerNorm(in.get("x"), in.get("weight"), in.get("bias"), eps)));
  }

  static void batchNorm(VectorCase given) {
    if (given.flag("affine")) {
      throw new ArgumentException("batch norm with scale and shift is not supported");
    }
    Tensor x = given.tensor("in.x");
    Parameters parameters = Parameters.initialized(given.scope(), DType.F32, 0);
    BatchNorm norm =
        BatchNorm.create(parameters.root(), x.dim(1), given.real("eps"), given.real("momentum"));
    given
        .scope()
        .backend()
        .fill(parameters.get("running_mean").value(), given.real("initial_running_mean", 0));
    given
        .scope()
        .backend()
        .fill(parameters.get("running_var").value(), given.real("initial_running_var", 1));
    given.differentiate(Map.of("x", x), ops -> Map.of("y", norm.train(ops, x)));
    given.checks().tensor("out.running_mean", parameters.get("running_mean").value());
    given.checks().tensor("out.running_var", parameters.get("running_var").value());
    given
        .checks()
        .tensor("out.y_eval", norm.evaluate(given.scope().ops(), given.tensor("in.x_eval")));
  }
}

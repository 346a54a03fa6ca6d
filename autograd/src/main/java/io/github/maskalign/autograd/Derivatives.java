package io.github.maskalign.autograd;

import io.github.maskalign.tensor.BinaryOp;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.UnaryOp;
import java.util.ArrayList;
import java.util.List;

/**
 * All derivatives on one page: for each operation, its operands' gradients from its result's. Of
 * the values recorded they read those that {@link Operation#reads} names, no other, and these
 * through {@link GradientSink.Target#value}, since some are made again for them.
 */
final class Derivatives {

  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

  private Derivatives() {}

  static void propagate(GradientSink.Target to, Operation operation, Tensor g) {
    Eager ops = to.ops();
    switch (operation) {
      case Operation.Unary(UnaryOp op, Tensor x, Tensor y) -> {
        if (op != UnaryOp.SIGN) {
          to.add(x, unary(to, op, x, y, g));
        }
      }
      case Operation.Affine(Tensor x, double scale, _) -> to.add(x, ops.affine(g, scale, 0));
      case Operation.Binary binary -> binary(to, binary, g);
      case Operation.Gelu(Tensor x, var kind, _) -> to.add(x, ops.geluGrad(to.value(x), kind, g));
      case Operation.Sum(Tensor x, int[] kept, _) ->
          to.add(x, ops.broadcast(ops.reshape(g, kept), x.shape()));
      case Operation.Max(Tensor x, int[] kept, Tensor y) -> {
        Tensor hits = ops.binary(BinaryOp.EQUAL, to.value(x), ops.reshape(to.value(y), kept));
        Tensor ties = unbroadcast(ops, hits, Shape.of(kept));
        to.add(x, ops.mul(hits, ops.div(ops.reshape(g, kept), ties)));
      }
      case Operation.MatMul(Tensor a, Tensor b, _) -> {
        if (to.wants(a)) {
          to.add(a, unbroadcast(ops, ops.matmul(g, ops.transpose(to.value(b))), a.shape()));
        }
        if (to.wants(b)) {
          to.add(b, unbroadcast(ops, ops.matmul(ops.transpose(to.value(a)), g), b.shape()));
        }
      }
      case Operation.Linear linear -> linear(to, linear, g);
      case Operation.Reshape(Tensor x, _) -> to.add(x, ops.reshape(g, x.shape().dims()));
      case Operation.Permute(Tensor x, int[] axes, _) ->
          to.add(x, ops.permute(g, inverse(x.shape(), axes)));
      case Operation.Slice(Tensor x, int axis, int from, _) ->
          to.add(x, padded(ops, g, x, axis, from));
      case Operation.Broadcast(Tensor x, _) -> to.add(x, unbroadcast(ops, g, x.shape()));
      case Operation.Concat(List<Tensor> xs, int axis, _) -> {
        int at = 0;
        for (Tensor x : xs) {
          to.add(x, ops.slice(g, axis, at, at + x.dim(axis)));
          at += x.dim(axis);
        }
      }
      case Operation.Cast(Tensor x, _) -> to.add(x, ops.cast(g, x.dtype()));
      case Operation.GatherTokens(Tensor x, Tensor ids, _) ->
          to.add(x, ops.scatterTokens(g, ids, x.dim(1)));
      case Operation.Softmax(Tensor x, Tensor y) -> to.add(x, ops.softmaxGrad(to.value(y), g));
      case Operation.LogSoftmax(Tensor x, Tensor y) ->
          to.add(x, ops.logSoftmaxGrad(to.value(y), g));
      case Operation.LayerNorm(Tensor x, Tensor gamma, Tensor beta, double eps, _) -> {
        LayerNormGrad grad = ops.layerNormGrad(to.value(x), gamma, eps, g);
        to.add(x, grad.x());
        if (gamma != null) {
          to.add(gamma, grad.gamma());
          to.add(beta, grad.beta());
        }
      }
      case Operation.Attention(Tensor qkv, int heads, double scale, _) ->
          to.add(qkv, ops.attentionGrad(to.value(qkv), heads, scale, g));
      case Operation.WeightedSum(List<Tensor> xs, Tensor weights, _) -> {
        for (int i = 0; i < xs.size(); i++) {
          if (to.wants(xs.get(i))) {
            Tensor weight = ops.reshape(ops.slice(to.value(weights), 0, i, i + 1));
            to.add(xs.get(i), ops.mul(g, weight));
          }
        }
        if (to.wants(weights)) {
          to.add(weights, ops.weightedSumWeightGrad(to.values(xs), g));
        }
      }
      case Operation.SmoothL1(Tensor prediction, Tensor target, double beta, _) -> {
        Tensor grad = ops.smoothL1Grad(to.value(prediction), to.value(target), beta, g);
        to.add(prediction, grad);
        if (to.wants(target)) {
          to.add(target, ops.unary(UnaryOp.NEG, grad));
        }
      }
      case Operation.CrossEntropy(Tensor logits, Tensor targets, _) ->
          to.add(logits, ops.crossEntropyGrad(to.value(logits), to.value(targets), g));
      case Operation.Recomputed recomputed -> to.replay(recomputed, g);
    }
  }

  private static Tensor unary(GradientSink.Target to, UnaryOp op, Tensor x, Tensor y, Tensor g) {
    Ops ops = to.ops();
    return switch (op) {
      case NEG -> ops.unary(UnaryOp.NEG, g);
      case ABS -> ops.mul(g, ops.unary(UnaryOp.SIGN, to.value(x)));
      case SIGN -> ops.affine(g, 0, 0);
      case SQUARE -> ops.mul(g, ops.affine(to.value(x), 2, 0));
      case SQRT -> ops.div(g, ops.affine(to.value(y), 2, 0));
      case RECIPROCAL -> ops.mul(g, ops.affine(ops.unary(UnaryOp.SQUARE, to.value(y)), -1, 0));
      case EXP -> ops.mul(g, to.value(y));
      case LOG -> ops.div(g, to.value(x));
      case TANH -> ops.mul(g, ops.affine(ops.unary(UnaryOp.SQUARE, to.value(y)), -1, 1));
      case SIGMOID -> {
        Tensor s = to.value(y);
        yield ops.mul(g, ops.mul(s, ops.affine(s, -1, 1)));
      }
      case ERF -> {
        Tensor square = ops.unary(UnaryOp.SQUARE, to.value(x));
        Tensor bell = ops.unary(UnaryOp.EXP, ops.affine(square, -1, 0));
        yield ops.mul(g, ops.affine(bell, TWO_OVER_SQRT_PI, 0));
      }
      case RELU -> ops.mul(g, ops.unary(UnaryOp.SIGN, to.value(y)));
    };
  }

  private static void binary(GradientSink.Target to, Operation.Binary operation, Tensor g) {
    Eager ops = to.ops();
    Tensor a = operation.a();
    Tensor b = operation.b();
    switch (operation.op()) {
      case ADD -> {
        give(to, a, g);
        give(to, b, g);
      }
      case SUB -> {
        give(to, a, g);
        if (to.wants(b)) {
          give(to, b, ops.unary(UnaryOp.NEG, g));
        }
      }
      case MUL -> {
        if (to.wants(a)) {
          give(to, a, ops.mul(g, to.value(b)));
        }
        if (to.wants(b)) {
          give(to, b, ops.mul(g, to.value(a)));
        }
      }
      case DIV -> {
        Tensor quotient = ops.div(g, to.value(b));
        give(to, a, quotient);
        if (to.wants(b)) {
          give(to, b, ops.unary(UnaryOp.NEG, ops.mul(quotient, to.value(operation.y()))));
        }
      }
      case MAX -> choose(to, operation, atLeast(to, a, b), g);
      case MIN -> choose(to, operation, atLeast(to, b, a), g);
      case GREATER_EQUAL, EQUAL -> {}
    }
  }

  private static Tensor atLeast(GradientSink.Target to, Tensor a, Tensor b) {
    return to.ops().binary(BinaryOp.GREATER_EQUAL, to.value(a), to.value(b));
  }

  /** The whole gradient to the chosen operand; ties go to the first. */
  private static void choose(
      GradientSink.Target to, Operation.Binary operation, Tensor first, Tensor g) {
    give(to, operation.a(), to.ops().mul(g, first));
    give(to, operation.b(), to.ops().mul(g, to.ops().affine(first, -1, 1)));
  }

  private static void give(GradientSink.Target to, Tensor operand, Tensor g) {
    if (to.wants(operand)) {
      to.add(operand, unbroadcast(to.ops(), g, operand.shape()));
    }
  }

  private static void linear(GradientSink.Target to, Operation.Linear operation, Tensor g) {
    Eager ops = to.ops();
    Tensor x = operation.x();
    Tensor weight = operation.weight();
    int outputs = weight.dim(0);
    int inputs = weight.dim(1);
    Tensor rows = ops.reshape(g, rows(x), outputs);
    if (to.wants(x)) {
      to.add(x, ops.reshape(ops.matmul(rows, to.value(weight)), x.shape().dims()));
    }
    if (to.wants(weight)) {
      Tensor xRows = ops.reshape(to.value(x), rows(x), inputs);
      to.add(weight, ops.matmul(ops.transpose(rows), xRows));
    }
    if (operation.bias() != null && to.wants(operation.bias())) {
      to.add(operation.bias(), ops.sum(rows, false, 0));
    }
  }

  private static int rows(Tensor x) {
    return Math.toIntExact(x.shape().leading(x.shape().rank() - 1).size());
  }

  /** Sums over the axes along which an operand of the given shape was repeated. */
  private static Tensor unbroadcast(Ops ops, Tensor g, Shape shape) {
    if (g.shape().equals(shape)) {
      return g;
    }
    int added = g.shape().rank() - shape.rank();
    List<Integer> repeated = new ArrayList<>();
    for (int axis = 0; axis < g.shape().rank(); axis++) {
      if (axis < added || shape.dim(axis - added) != g.dim(axis)) {
        repeated.add(axis);
      }
    }
    int[] axes = repeated.stream().mapToInt(Integer::intValue).toArray();
    Tensor sum = axes.length == 0 ? g : ops.sum(g, true, axes);
    return ops.reshape(sum, shape.dims());
  }

  private static int[] inverse(Shape shape, int[] axes) {
    int[] inverse = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      inverse[shape.axis(axes[i])] = i;
    }
    return inverse;
  }

  private static Tensor padded(Ops ops, Tensor g, Tensor x, int axis, int from) {
    int after = x.dim(axis) - from - g.dim(axis);
    Tensor before = ops.zeros(g.dtype(), g.shape().with(axis, from));
    return ops.concat(List.of(before, g, ops.zeros(g.dtype(), g.shape().with(axis, after))), axis);
  }
}

package io.github.maskalign.autograd;

import static io.github.maskalign.autograd.Derivative.part;

import io.github.maskalign.autograd.Derivative.Part;
import io.github.maskalign.autograd.Derivative.Shared;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The derivatives of all operations. */
final class Derivatives {

  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

  private Derivatives() {}

  static Derivative of(Operation operation) {
    return switch (operation) {
      case Operation.Unary(UnaryOp op, Tensor x, Tensor y) -> Derivative.of(unary(op, x, y));
      case Operation.Affine(Tensor x, double scale, _) ->
          Derivative.of(part(x, (ops, g) -> ops.affine(g, scale, 0)));
      case Operation.Binary(BinaryOp op, Tensor a, Tensor b, Tensor y) -> binary(op, a, b, y);
      case Operation.Gelu(Tensor x, var kind, _) ->
          Derivative.of(part(x, x, (ops, g, v) -> ops.geluGrad(v, kind, g)));
      case Operation.Sum(Tensor x, int[] kept, _) ->
          Derivative.of(part(x, (ops, g) -> ops.broadcast(ops.reshape(g, kept), x.shape())));
      case Operation.Max(Tensor x, int[] kept, Tensor y) ->
          Derivative.of(part(x, x, y, (ops, g, v, max) -> max(ops, g, v, max, kept)));
      case Operation.MatMul(Tensor a, Tensor b, _) ->
          Derivative.of(
              broadcast(a, b, (ops, g, v) -> ops.matmul(g, ops.transpose(v))),
              broadcast(b, a, (ops, g, v) -> ops.matmul(ops.transpose(v), g)));
      case Operation.Linear(Tensor x, Tensor weight, Tensor bias, _) -> linear(x, weight, bias);
      case Operation.Reshape(Tensor x, _) ->
          Derivative.of(part(x, (ops, g) -> ops.reshape(g, x.shape().dims())));
      case Operation.Permute(Tensor x, int[] axes, _) ->
          Derivative.of(part(x, (ops, g) -> ops.permute(g, inverse(x.shape(), axes))));
      case Operation.Slice(Tensor x, int axis, int from, _) ->
          Derivative.of(part(x, (ops, g) -> padded(ops, g, x, axis, from)));
      case Operation.Broadcast(Tensor x, _) -> Derivative.of(broadcast(x, (_, g) -> g));
      case Operation.Concat(List<Tensor> xs, int axis, _) -> concat(xs, axis);
      case Operation.Cast(Tensor x, _) ->
          Derivative.of(part(x, (ops, g) -> ops.cast(g, x.dtype())));
      case Operation.GatherTokens(Tensor x, Tensor ids, _) ->
          Derivative.of(part(x, ids, (ops, g, v) -> ops.scatterTokens(g, v, x.dim(1))));
      case Operation.Embedding(Tensor table, Tensor ids, _) ->
          Derivative.of(part(table, ids, (ops, g, v) -> ops.embeddingGrad(g, v, table.dim(0))));
      case Operation.Softmax(Tensor x, Tensor y) ->
          Derivative.of(part(x, y, (ops, g, v) -> ops.softmaxGrad(v, g)));
      case Operation.LogSoftmax(Tensor x, Tensor y) ->
          Derivative.of(part(x, y, (ops, g, v) -> ops.logSoftmaxGrad(v, g)));
      case Operation.LayerNorm(Tensor x, Tensor gamma, Tensor beta, double eps, _) ->
          Derivative.of(layerNorm(x, gamma, beta, eps));
      case Operation.Attention(Tensor qkv, int heads, double scale, AttentionMask mask, _) ->
          Derivative.of(attention(qkv, heads, scale, mask));
      case Operation.WeightedSum(List<Tensor> xs, Tensor weights, _) -> weightedSum(xs, weights);
      case Operation.SmoothL1(Tensor prediction, Tensor target, double beta, _) ->
          Derivative.of(smoothL1(prediction, target, beta));
      case Operation.CrossEntropy(Tensor logits, Tensor targets, _) ->
          Derivative.of(
              part(logits, logits, targets, (ops, g, x, t) -> ops.crossEntropyGrad(x, t, g)));
      case Operation.Recomputed recomputed ->
          Derivative.of(
              new Part(
                  List.of(),
                  List.of(recomputed.x()),
                  (to, g, v) -> to.recompute(recomputed, v.getFirst(), g)));
    };
  }

  private static Part unary(UnaryOp op, Tensor x, Tensor y) {
    return switch (op) {
      case NEG -> part(x, (ops, g) -> ops.unary(UnaryOp.NEG, g));
      case ABS -> part(x, x, (ops, g, v) -> ops.mul(g, ops.unary(UnaryOp.SIGN, v)));
      case SIGN -> zero(x);
      case SQUARE -> part(x, x, (ops, g, v) -> ops.mul(g, ops.affine(v, 2, 0)));
      case SQRT -> part(x, y, (ops, g, v) -> ops.div(g, ops.affine(v, 2, 0)));
      case RECIPROCAL ->
          part(x, y, (ops, g, v) -> ops.mul(g, ops.affine(ops.unary(UnaryOp.SQUARE, v), -1, 0)));
      case EXP -> part(x, y, (ops, g, v) -> ops.mul(g, v));
      case LOG -> part(x, x, (ops, g, v) -> ops.div(g, v));
      case TANH ->
          part(x, y, (ops, g, v) -> ops.mul(g, ops.affine(ops.unary(UnaryOp.SQUARE, v), -1, 1)));
      case SIGMOID -> part(x, y, (ops, g, v) -> ops.mul(g, ops.mul(v, ops.affine(v, -1, 1))));
      case ERF -> part(x, x, Derivatives::erf);
      case RELU -> part(x, y, (ops, g, v) -> ops.mul(g, ops.unary(UnaryOp.SIGN, v)));
    };
  }

  private static Tensor erf(Eager ops, Tensor g, Tensor x) {
    Tensor square = ops.unary(UnaryOp.SQUARE, x);
    Tensor bell = ops.unary(UnaryOp.EXP, ops.affine(square, -1, 0));
    return ops.mul(g, ops.affine(bell, TWO_OVER_SQRT_PI, 0));
  }

  private static Derivative binary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
    return switch (op) {
      case ADD -> Derivative.of(broadcast(a, (_, g) -> g), broadcast(b, (_, g) -> g));
      case SUB ->
          Derivative.of(
              broadcast(a, (_, g) -> g), broadcast(b, (ops, g) -> ops.unary(UnaryOp.NEG, g)));
      case MUL ->
          Derivative.of(
              broadcast(a, b, (ops, g, v) -> ops.mul(g, v)),
              broadcast(b, a, (ops, g, v) -> ops.mul(g, v)));
      case DIV ->
          Derivative.of(
              new Shared(List.of(b), (ops, g, v) -> ops.div(g, v.getFirst())),
              broadcast(a, (_, quotient) -> quotient),
              broadcast(b, y, (ops, quotient, v) -> ops.unary(UnaryOp.NEG, ops.mul(quotient, v))));
      case MAX -> Derivative.of(select(a, b, (ops, v) -> atLeast(ops, v.get(0), v.get(1))));
      case MIN -> Derivative.of(select(a, b, (ops, v) -> atLeast(ops, v.get(1), v.get(0))));
      case GREATER_EQUAL, EQUAL -> Derivative.of(zero(a), zero(b));
    };
  }

  private static Tensor atLeast(Ops ops, Tensor a, Tensor b) {
    return ops.binary(BinaryOp.GREATER_EQUAL, a, b);
  }

  /** The whole gradient to the operand that a mask of {@code a} selects; ties go to the first. */
  private static Part select(Tensor a, Tensor b, BiFunction<Ops, List<Tensor>, Tensor> mask) {
    return new Part(
        List.of(a, b),
        List.of(a, b),
        (to, g, v) -> {
          Ops ops = to.ops();
          Tensor first = mask.apply(ops, v);
          if (to.requiresGradient(a)) {
            to.add(a, unbroadcast(ops, ops.mul(g, first), a.shape()));
          }
          if (to.requiresGradient(b)) {
            to.add(b, unbroadcast(ops, ops.mul(g, ops.affine(first, -1, 1)), b.shape()));
          }
        });
  }

  private static Tensor max(Ops ops, Tensor g, Tensor x, Tensor y, int[] kept) {
    Tensor hits = ops.binary(BinaryOp.EQUAL, x, ops.reshape(y, kept));
    Tensor ties = unbroadcast(ops, hits, Shape.of(kept));
    return ops.mul(hits, ops.div(ops.reshape(g, kept), ties));
  }

  private static Derivative linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    int rows = Math.toIntExact(x.shape().leading(x.shape().rank() - 1).size());
    int outputs = weight.dim(0);
    int inputs = weight.dim(1);
    List<Part> parts = new ArrayList<>();
    parts.add(part(x, weight, (ops, g, w) -> ops.reshape(ops.matmul(g, w), x.shape().dims())));
    parts.add(
        part(weight, x, (ops, g, v) -> ops.matmul(ops.transpose(g), ops.reshape(v, rows, inputs))));
    if (bias != null) {
      parts.add(part(bias, (ops, g) -> ops.sum(g, false, 0)));
    }
    return new Derivative(
        new Shared(List.of(), (ops, g, _) -> ops.reshape(g, rows, outputs)), parts);
  }

  private static Derivative concat(List<Tensor> xs, int axis) {
    List<Part> parts = new ArrayList<>(xs.size());
    int at = 0;
    for (Tensor x : xs) {
      int from = at;
      at += x.dim(axis);
      parts.add(part(x, (ops, g) -> ops.slice(g, axis, from, from + x.dim(axis))));
    }
    return new Derivative(null, parts);
  }

  private static Part layerNorm(
      Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    if (gamma == null) {
      return part(x, x, (ops, g, v) -> ops.layerNormGrad(v, null, eps, g).x());
    }
    // Recomputing the result reads beta, the gradients do not.
    List<Tensor> operands = List.of(x, gamma, beta);
    return new Part(
        operands,
        operands,
        (to, g, v) -> {
          LayerNormGrad grad = to.ops().layerNormGrad(v.get(0), v.get(1), eps, g);
          to.add(x, grad.x());
          to.add(gamma, grad.gamma());
          to.add(beta, grad.beta());
        });
  }

  private static Part attention(Tensor qkv, int heads, double scale, AttentionMask mask) {
    List<Tensor> saved = new ArrayList<>(List.of(qkv));
    saved.addAll(mask.tensors());
    return part(
        qkv,
        saved,
        (ops, g, v) -> {
          AttentionMask held = mask.withTensors(v.subList(1, v.size()));
          return ops.attentionGrad(v.getFirst(), heads, scale, held, g);
        });
  }

  private static Derivative weightedSum(List<Tensor> xs, Tensor weights) {
    List<Part> parts = new ArrayList<>(xs.size() + 1);
    for (int i = 0; i < xs.size(); i++) {
      int index = i;
      parts.add(
          part(
              xs.get(i),
              weights,
              (ops, g, w) -> ops.mul(g, ops.reshape(ops.slice(w, 0, index, index + 1)))));
    }
    parts.add(part(weights, xs, (ops, g, v) -> ops.weightedSumWeightGrad(v, g)));
    return new Derivative(null, parts);
  }

  private static Part smoothL1(Tensor prediction, Tensor target, double beta) {
    List<Tensor> operands = List.of(prediction, target);
    return new Part(
        operands,
        operands,
        (to, g, v) -> {
          Tensor grad = to.ops().smoothL1Grad(v.get(0), v.get(1), beta, g);
          to.add(prediction, grad);
          if (to.requiresGradient(target)) {
            to.add(target, to.ops().unary(UnaryOp.NEG, grad));
          }
        });
  }

  /** A gradient that is zero everywhere; none is added. */
  private static Part zero(Tensor operand) {
    return new Part(List.of(operand), List.of(), (_, _, _) -> {});
  }

  /** The gradient of an operand that was broadcast, summed over the repeated elements. */
  private static Part broadcast(Tensor operand, Derivative.Formula formula) {
    return part(operand, (ops, g) -> unbroadcast(ops, formula.apply(ops, g), operand.shape()));
  }

  private static Part broadcast(Tensor operand, Tensor saved, Derivative.Formula1 formula) {
    return part(
        operand, saved, (ops, g, v) -> unbroadcast(ops, formula.apply(ops, g, v), operand.shape()));
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

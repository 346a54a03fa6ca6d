package io.github.maskalign.tensor;

import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Default bodies of the fused operations, in primitives; overriding versions are tested against
 * them.
 */
final class Fused {

  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final double NORMAL_DENSITY = 1 / Math.sqrt(2 * Math.PI);
  private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);
  private static final double TANH_CUBIC = 0.044715;
  private static final double QUICK_SLOPE = 1.702;

  private Fused() {}

  static Tensor linear(Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias) {
    return ops.within(
        "linear",
        o -> {
          Tensor y = o.matmul(x, o.transpose(weight));
          return bias == null ? y : o.add(y, bias);
        });
  }

  static Tensor linear(
      Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias, Epilogue epilogue) {
    return ops.within("linear", o -> epilogue.apply(o, o.linear(x, weight, bias)));
  }

  // ---- GELU ----

  static Tensor gelu(Eager ops, Tensor x, Gelu kind) {
    return ops.within("gelu", o -> o.mul(x, gate(o, x, kind)));
  }

  static Tensor geluGrad(Eager ops, Tensor x, Gelu kind, Tensor g) {
    return ops.within(
        "geluGrad", o -> o.mul(g, o.add(gate(o, x, kind), o.mul(x, gateSlope(o, x, kind)))));
  }

  /** GELU(x) / x. */
  private static Tensor gate(Ops o, Tensor x, Gelu kind) {
    return switch (kind) {
      case ERF -> o.affine(o.unary(UnaryOp.ERF, o.affine(x, SQRT_HALF, 0)), 0.5, 0.5);
      case TANH -> o.affine(o.unary(UnaryOp.TANH, tanhArgument(o, x)), 0.5, 0.5);
      case QUICK -> o.unary(UnaryOp.SIGMOID, o.affine(x, QUICK_SLOPE, 0));
    };
  }

  /** Derivative of {@link #gate}. */
  private static Tensor gateSlope(Ops o, Tensor x, Gelu kind) {
    return switch (kind) {
      case ERF -> {
        Tensor exponent = o.affine(o.unary(UnaryOp.SQUARE, x), -0.5, 0);
        yield o.affine(o.unary(UnaryOp.EXP, exponent), NORMAL_DENSITY, 0);
      }
      case TANH -> {
        Tensor t = o.unary(UnaryOp.TANH, tanhArgument(o, x));
        Tensor outer = o.affine(o.unary(UnaryOp.SQUARE, t), -0.5, 0.5);
        Tensor inner =
            o.affine(o.unary(UnaryOp.SQUARE, x), 3 * TANH_CUBIC * TANH_SCALE, TANH_SCALE);
        yield o.mul(outer, inner);
      }
      case QUICK -> {
        Tensor s = o.unary(UnaryOp.SIGMOID, o.affine(x, QUICK_SLOPE, 0));
        yield o.affine(o.mul(s, o.affine(s, -1, 1)), QUICK_SLOPE, 0);
      }
    };
  }

  private static Tensor tanhArgument(Ops o, Tensor x) {
    Tensor cubic = o.affine(o.unary(UnaryOp.SQUARE, x), TANH_CUBIC * TANH_SCALE, TANH_SCALE);
    return o.mul(x, cubic);
  }

  // ---- softmax ----

  static Tensor softmax(Eager ops, Tensor x) {
    return ops.within(
        "softmax",
        o -> {
          Tensor e = o.unary(UnaryOp.EXP, o.sub(x, o.max(x, true, -1)));
          return o.div(e, o.sum(e, true, -1));
        });
  }

  static Tensor softmaxGrad(Eager ops, Tensor y, Tensor g) {
    return ops.within("softmaxGrad", o -> o.mul(y, o.sub(g, o.sum(o.mul(g, y), true, -1))));
  }

  static Tensor logSoftmax(Eager ops, Tensor x) {
    return ops.within(
        "logSoftmax",
        o -> {
          Tensor shifted = o.sub(x, o.max(x, true, -1));
          Tensor total = o.sum(o.unary(UnaryOp.EXP, shifted), true, -1);
          return o.sub(shifted, o.unary(UnaryOp.LOG, total));
        });
  }

  static Tensor logSoftmaxGrad(Eager ops, Tensor y, Tensor g) {
    return ops.within(
        "logSoftmaxGrad", o -> o.sub(g, o.mul(o.unary(UnaryOp.EXP, y), o.sum(g, true, -1))));
  }

  // ---- layer norm ----

  static Tensor layerNorm(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    return ops.within(
        "layerNorm",
        o -> {
          Tensor centered = o.sub(x, o.mean(x, true, -1));
          Tensor normalized = o.mul(centered, inverseDeviation(o, centered, eps));
          return gamma == null ? normalized : o.add(o.mul(normalized, gamma), beta);
        });
  }

  static Tensor layerNormFactor(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    return ops.within("layerNorm", o -> o.factor(o.layerNorm(x, gamma, beta, eps)));
  }

  static LayerNormGrad layerNormGrad(
      Eager ops, Tensor x, @Nullable Tensor gamma, double eps, Tensor g) {
    try (Scope inner = ops.scope().child("layerNormGrad")) {
      Ops o = inner.ops();
      Tensor centered = o.sub(x, o.mean(x, true, -1));
      Tensor scale = inverseDeviation(o, centered, eps);
      Tensor normalized = o.mul(centered, scale);
      Tensor gn = gamma == null ? g : o.mul(g, gamma);
      Tensor along = o.mul(normalized, o.mean(o.mul(gn, normalized), true, -1));
      Tensor gx = o.mul(scale, o.sub(o.sub(gn, o.mean(gn, true, -1)), along));
      if (gamma == null) {
        return new LayerNormGrad(inner.keep(gx), null, null);
      }
      return new LayerNormGrad(
          inner.keep(gx),
          inner.keep(columnSums(o, o.mul(g, normalized))),
          inner.keep(columnSums(o, g)));
    }
  }

  private static Tensor inverseDeviation(Ops o, Tensor centered, double eps) {
    Tensor variance = o.mean(o.unary(UnaryOp.SQUARE, centered), true, -1);
    return o.unary(UnaryOp.RECIPROCAL, o.unary(UnaryOp.SQRT, o.affine(variance, 1, eps)));
  }

  private static Tensor columnSums(Ops o, Tensor x) {
    int columns = x.dim(-1);
    Shape leading = x.shape().leading(x.shape().rank() - 1);
    return o.sum(o.reshape(x, Check.intSize("layerNorm", leading), columns), false, 0);
  }

  // ---- mixing ----

  static Tensor weightedSum(Eager ops, List<Tensor> xs, Tensor weights) {
    return ops.within(
        "weightedSum",
        o -> {
          @Nullable Tensor sum = null;
          for (int i = 0; i < xs.size(); i++) {
            Tensor term = o.mul(xs.get(i), o.reshape(o.slice(weights, 0, i, i + 1)));
            sum = sum == null ? term : o.add(sum, term);
          }
          return sum;
        });
  }

  static Tensor weightedSumWeightGrad(Eager ops, List<Tensor> xs, Tensor g) {
    return ops.within(
        "weightedSumWeightGrad",
        o -> o.concat(xs.stream().map(x -> o.reshape(o.sum(o.mul(g, x), false), 1)).toList(), 0));
  }

  // ---- losses ----

  static Tensor smoothL1(Eager ops, Tensor prediction, Tensor target, double beta) {
    return ops.within(
        "smoothL1",
        o -> {
          Tensor distance = o.unary(UnaryOp.ABS, o.sub(prediction, target));
          Tensor bent = o.binary(BinaryOp.MIN, distance, scalar(o, distance, beta));
          Tensor loss = o.mul(bent, o.sub(distance, o.affine(bent, 0.5, 0)));
          return o.affine(o.mean(loss, false), 1 / beta, 0);
        });
  }

  static Tensor smoothL1Grad(Eager ops, Tensor prediction, Tensor target, double beta, Tensor g) {
    return ops.within(
        "smoothL1Grad",
        o -> {
          Tensor slope = o.affine(o.sub(prediction, target), 1 / beta, 0);
          Tensor low = o.binary(BinaryOp.MAX, slope, scalar(o, slope, -1));
          Tensor clamped = o.binary(BinaryOp.MIN, low, scalar(o, slope, 1));
          return o.mul(clamped, o.affine(g, 1.0 / prediction.size(), 0));
        });
  }

  static Tensor crossEntropy(Eager ops, Tensor logits, Tensor targets) {
    return ops.within(
        "crossEntropy",
        o -> o.affine(o.sum(o.mul(targets, o.logSoftmax(logits)), false), -1.0 / logits.dim(0), 0));
  }

  static Tensor crossEntropyGrad(Eager ops, Tensor logits, Tensor targets, Tensor g) {
    return ops.within(
        "crossEntropyGrad",
        o -> {
          Tensor expected = o.mul(o.softmax(logits), o.sum(targets, true, -1));
          return o.mul(o.sub(expected, targets), o.affine(g, 1.0 / logits.dim(0), 0));
        });
  }

  private static Tensor scalar(Ops o, Tensor like, double value) {
    return o.full(like.dtype(), Shape.of(), value);
  }

  // ---- optimization ----

  static double sumOfSquares(Eager ops, List<Tensor> xs) {
    try (Scope inner = ops.scope().child("sumOfSquares")) {
      Ops o = inner.ops();
      double total = 0;
      for (Tensor x : xs) {
        total += o.sum(o.unary(UnaryOp.SQUARE, x), false).item();
      }
      return total;
    }
  }

  static void accumulate(Eager ops, Tensor target, double factor, Tensor value) {
    try (Scope inner = ops.scope().child("accumulate")) {
      Ops o = inner.ops();
      inner.backend().copy(o.add(target, o.affine(value, factor, 0)), target);
    }
  }

  static void adamW(Eager ops, List<AdamWSlot> slots, AdamWSettings settings) {
    for (AdamWSlot slot : slots) {
      try (Scope inner = ops.scope().child("adamW")) {
        adamW(inner.ops(), slot, settings);
      }
    }
  }

  private static void adamW(Ops o, AdamWSlot slot, AdamWSettings s) {
    Tensor g = o.affine(slot.gradient(), s.gradientScale(), 0);
    Tensor mean = o.add(o.affine(slot.mean(), s.beta1(), 0), o.affine(g, 1 - s.beta1(), 0));
    Tensor square =
        o.add(
            o.affine(slot.square(), s.beta2(), 0),
            o.affine(o.unary(UnaryOp.SQUARE, g), 1 - s.beta2(), 0));
    Tensor root =
        o.affine(o.unary(UnaryOp.SQRT, square), 1 / Math.sqrt(s.correction2(slot.step())), s.eps());
    double rate = slot.learningRate();
    Tensor decayed = o.affine(slot.parameter(), 1 - rate * slot.weightDecay(), 0);
    Tensor change = o.affine(o.div(mean, root), -rate / s.correction1(slot.step()), 0);
    Backend backend = o.scope().backend();
    backend.copy(mean, slot.mean());
    backend.copy(square, slot.square());
    backend.copy(o.add(decayed, change), slot.parameter());
  }
}

package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.DTypeException;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Argument checks of {@link Eager}, made before it calls a backend. Messages name the operation.
 */
final class Check {

  private Check() {}

  static void arithmetic(String operation, Tensor x) {
    if (!x.dtype().isArithmetic()) {
      throw new DTypeException(
          operation + ": needs F32 or F64, got " + x.dtype() + "; convert it with cast");
    }
  }

  static void sameArithmetic(String operation, Tensor a, Tensor b) {
    arithmetic(operation, a);
    if (a.dtype() != b.dtype()) {
      throw new DTypeException(
          operation
              + ": element types differ, "
              + a.dtype()
              + " and "
              + b.dtype()
              + "; types are not promoted, convert one with cast");
    }
    sameBackend(operation, a, b);
  }

  private static void sameBackend(String operation, Tensor a, Tensor b) {
    if (a.owner().backend() != b.owner().backend()) {
      throw new DeviceException(
          operation
              + ": operands belong to different backends, "
              + a.owner().backend().name()
              + " and "
              + b.owner().backend().name());
    }
  }

  static void lastAxis(String operation, Tensor x) {
    arithmetic(operation, x);
    someAxis(operation, x);
  }

  private static void someAxis(String operation, Tensor x) {
    if (x.shape().rank() == 0) {
      throw new ShapeException(operation + ": needs at least one axis, got a scalar");
    }
  }

  static int intSize(String operation, Shape shape) {
    if (shape.size() > Integer.MAX_VALUE) {
      throw new ShapeException(operation + ": " + shape + " has more than 2^31 - 1 rows");
    }
    return (int) shape.size();
  }

  static void range(String operation, int from, int to, int size) {
    if (from < 0 || to < from || to > size) {
      throw new ShapeException(
          operation + ": range [" + from + ", " + to + ") exceeds [0, " + size + ")");
    }
  }

  /** Returns the shape with the given axes (all if none are given) reduced to 1. */
  static Shape reduced(String operation, Shape shape, int... axes) {
    int[] dims = shape.dims();
    if (axes.length == 0) {
      Arrays.fill(dims, 1);
    }
    boolean[] seen = new boolean[dims.length];
    for (int axis : axes) {
      int index = shape.axis(axis);
      if (seen[index]) {
        throw new ShapeException(operation + ": axis " + axis + " occurs twice");
      }
      seen[index] = true;
      dims[index] = 1;
    }
    return Shape.of(dims);
  }

  /** Returns the shape without the given axes (all if none are given). */
  static Shape dropped(Shape shape, int... axes) {
    if (axes.length == 0) {
      return Shape.of();
    }
    boolean[] drop = new boolean[shape.rank()];
    for (int axis : axes) {
      drop[shape.axis(axis)] = true;
    }
    int[] kept = new int[shape.rank()];
    int count = 0;
    for (int i = 0; i < drop.length; i++) {
      if (!drop[i]) {
        kept[count++] = shape.dim(i);
      }
    }
    return Shape.of(Arrays.copyOf(kept, count));
  }

  /** Returns the broadcast leading axes. */
  static Shape matmul(Shape a, Shape b) {
    if (a.rank() < 2 || b.rank() < 2 || a.dim(-1) != b.dim(-2)) {
      throw new ShapeException("matmul: inner sizes differ, a " + a + " x b " + b);
    }
    return Shape.broadcast("matmul", a.leading(a.rank() - 2), b.leading(b.rank() - 2));
  }

  static void linear(Tensor x, Tensor weight, @Nullable Tensor bias, DType factor) {
    arithmetic("linear", weight);
    if (x.dtype() == factor && weight.dtype() == DType.F32) {
      sameBackend("linear", x, weight);
    } else {
      sameArithmetic("linear", x, weight);
    }
    someAxis("linear", x);
    if (weight.shape().rank() != 2 || weight.dim(1) != x.dim(-1)) {
      throw new ShapeException(
          "linear: x " + x.shape() + " does not match weight [out, in] " + weight.shape());
    }
    if (bias != null) {
      sameArithmetic("linear", weight, bias);
      vector("linear", "bias", bias, weight.dim(0));
    }
  }

  /** The operands of an {@link Epilogue.Residual} of a linear layer with result of a shape. */
  static void residual(Tensor x, Shape result, Tensor weight, @Nullable Tensor scale) {
    sameArithmetic("linear with residual", x, weight);
    if (!x.shape().equals(result)) {
      throw new ShapeException(
          "linear with residual: x " + x.shape() + " does not have the result's shape " + result);
    }
    if (scale != null) {
      sameArithmetic("linear with residual", scale, weight);
      vector("linear with residual", "scale", scale, weight.dim(0));
    }
  }

  private static void vector(String operation, String name, Tensor x, int size) {
    if (x.shape().rank() != 1 || x.dim(0) != size || !x.layout().isContiguous()) {
      throw new ShapeException(
          operation + ": " + name + " must be contiguous [" + size + "], got " + x.shape());
    }
  }

  static Shape reshape(Shape shape, int... dims) {
    int[] result = dims.clone();
    int unknown = -1;
    long known = 1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == -1 && unknown < 0) {
        unknown = i;
      } else {
        known *= dims[i];
      }
    }
    if (unknown >= 0 && known > 0 && shape.size() % known == 0) {
      result[unknown] = Math.toIntExact(shape.size() / known);
    } else if (unknown >= 0 || known != shape.size()) {
      throw new ShapeException("reshape: cannot reshape " + shape + " to " + Arrays.toString(dims));
    }
    return Shape.of(result);
  }

  static Shape concat(List<Tensor> xs, int axis) {
    if (xs.isEmpty()) {
      throw new ArgumentException("concat: needs at least one tensor");
    }
    Tensor first = xs.getFirst();
    int index = first.shape().axis(axis);
    int total = 0;
    for (Tensor x : xs) {
      if (x.shape().rank() != first.shape().rank()
          || !x.shape().with(index, 0).equals(first.shape().with(index, 0))) {
        throw new ShapeException(
            "concat: " + x.shape() + " does not match " + first.shape() + " along axis " + axis);
      }
      if (x.dtype() != first.dtype()) {
        throw new DTypeException(
            "concat: element types differ, " + first.dtype() + ", " + x.dtype());
      }
      sameBackend("concat", first, x);
      total = Math.addExact(total, x.dim(index));
    }
    return first.shape().with(index, total);
  }

  static void tokens(String operation, Tensor x, Tensor ids) {
    if (x.shape().rank() != 3 || ids.shape().rank() != 2 || x.dim(0) != ids.dim(0)) {
      throw new ShapeException(
          operation + ": needs x [B, T, D] and ids [B, K], got " + x.shape() + ", " + ids.shape());
    }
    lookup(operation, x, ids);
  }

  static void embedding(Tensor table, Tensor ids) {
    if (table.shape().rank() != 2) {
      throw new ShapeException("embedding: needs a table [V, D], got " + table.shape());
    }
    lookup("embedding", table, ids);
  }

  private static void lookup(String operation, Tensor x, Tensor ids) {
    arithmetic(operation, x);
    if (!ids.dtype().isIndex()) {
      throw new DTypeException(operation + ": ids must be I32 or I64, got " + ids.dtype());
    }
    sameBackend(operation, x, ids);
  }

  static void layerNorm(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    lastAxis("layerNorm", x);
    if ((gamma == null) != (beta == null)) {
      throw new ArgumentException("layerNorm: give both gamma and beta or neither");
    }
    if (gamma != null) {
      sameArithmetic("layerNorm", x, gamma);
      sameArithmetic("layerNorm", x, beta);
      vector("layerNorm", "gamma", gamma, x.dim(-1));
      vector("layerNorm", "beta", beta, x.dim(-1));
    }
    if (!(eps >= 0)) {
      throw new ArgumentException("layerNorm: eps must not be negative, got " + eps);
    }
  }

  static void attention(Tensor qkv, int heads, AttentionMask mask) {
    arithmetic("attention", qkv);
    if (qkv.shape().rank() != 3 || heads < 1 || qkv.dim(2) % (3 * heads) != 0) {
      throw new ShapeException(
          "attention: needs qkv [B, T, 3 * heads * d], got "
              + qkv.shape()
              + " with "
              + heads
              + " heads");
    }
    maskTensor(qkv, "keys", mask.keys(), DType.U8);
    maskTensor(qkv, "bias", mask.bias(), DType.F32);
  }

  static void attention(Tensor q, Tensor qkv, int heads) {
    attention(qkv, heads, AttentionMask.NONE);
    sameArithmetic("attention", q, qkv);
    if (q.shape().rank() != 3
        || q.dim(0) != qkv.dim(0)
        || q.dim(2) != qkv.dim(2) / 3
        || qkv.dim(1) == 0 && q.size() > 0) {
      throw new ShapeException(
          "attention: qkv " + qkv.shape() + " needs queries [B, Q, heads * d], got " + q.shape());
    }
  }

  private static void maskTensor(Tensor qkv, String name, @Nullable Tensor x, DType dtype) {
    if (x == null) {
      return;
    }
    if (x.dtype() != dtype) {
      throw new DTypeException(
          "attention: the mask's %s must be %s, got %s".formatted(name, dtype, x.dtype()));
    }
    if (!x.shape().equals(qkv.shape().leading(2))) {
      throw new ShapeException(
          "attention: qkv %s needs %s [B, T] in the mask, got %s"
              .formatted(qkv.shape(), name, x.shape()));
    }
    sameBackend("attention", qkv, x);
  }

  static void weightedSum(List<Tensor> xs, Tensor weights) {
    if (xs.isEmpty()) {
      throw new ArgumentException("weightedSum: needs at least one tensor");
    }
    for (Tensor x : xs) {
      sameArithmetic("weightedSum", x, weights);
      if (!x.shape().equals(xs.getFirst().shape())) {
        throw new ShapeException(
            "weightedSum: shapes differ, " + xs.getFirst().shape() + " and " + x.shape());
      }
    }
    if (weights.shape().rank() != 1 || weights.dim(0) != xs.size()) {
      throw new ShapeException(
          "weightedSum: "
              + xs.size()
              + " tensors need weights ["
              + xs.size()
              + "], got "
              + weights.shape());
    }
  }

  static void smoothL1(Tensor prediction, Tensor target, double beta) {
    sameArithmetic("smoothL1", prediction, target);
    sameShape("smoothL1", prediction, target);
    if (!(beta > 0)) {
      throw new ArgumentException("smoothL1: beta must be positive, got " + beta);
    }
  }

  static void crossEntropy(Tensor logits, Tensor targets) {
    sameArithmetic("crossEntropy", logits, targets);
    sameShape("crossEntropy", logits, targets);
    if (logits.shape().rank() != 2) {
      throw new ShapeException("crossEntropy: logits must be [N, C], got " + logits.shape());
    }
  }

  private static void sameShape(String operation, Tensor a, Tensor b) {
    if (!a.shape().equals(b.shape())) {
      throw new ShapeException(operation + ": shapes differ, " + a.shape() + " and " + b.shape());
    }
  }
}

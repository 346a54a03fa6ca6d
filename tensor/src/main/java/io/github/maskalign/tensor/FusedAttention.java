package io.github.maskalign.tensor;

import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.List;

/** Default bodies of attention, its gradient and its probabilities, in primitives. */
final class FusedAttention {

  /**
   * The score of a hidden key. Unlike that of infinity, its difference from a score is a number.
   */
  private static final double HIDDEN = -0x1p100;

  private FusedAttention() {}

  static Tensor attention(Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask) {
    return ops.within(
        "attention",
        o -> {
          Heads h = Heads.split(o, qkv, heads);
          return attended(o, h.q, h, scale, mask);
        });
  }

  static Tensor attention(Eager ops, Tensor q, Tensor qkv, int heads, double scale) {
    return ops.within(
        "attention",
        o -> {
          Heads h = Heads.split(o, qkv, heads);
          return attended(o, Heads.splitOne(o, q, heads), h, scale, AttentionMask.NONE);
        });
  }

  private static Tensor attended(Ops o, Tensor q, Heads h, double scale, AttentionMask mask) {
    Tensor p = probabilities(o, q, h.k, scale, mask, 0);
    return Heads.merge(o, o.matmul(p, h.v));
  }

  static Tensor attentionGrad(
      Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask, Tensor g) {
    return ops.within(
        "attentionGrad",
        o -> {
          Heads h = Heads.split(o, qkv, heads);
          Tensor gy = Heads.splitOne(o, g, heads);
          Tensor p = probabilities(o, h.q, h.k, scale, mask, 0);
          Tensor gv = o.matmul(o.transpose(p), gy);
          Tensor gp = o.matmul(gy, o.transpose(h.v));
          Tensor gs = o.affine(((Eager) o).softmaxGrad(p, gp), scale, 0);
          Tensor gq = o.matmul(gs, h.k);
          Tensor gk = o.matmul(o.transpose(gs), h.q);
          return o.concat(List.of(Heads.merge(o, gq), Heads.merge(o, gk), Heads.merge(o, gv)), -1);
        });
  }

  static Tensor attentionProbabilities(
      Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask, int from, int to) {
    return ops.within(
        "attentionProbabilities",
        o -> {
          Heads h = Heads.split(o, qkv, heads);
          return probabilities(o, o.slice(h.q, 2, from, to), h.k, scale, mask, from);
        });
  }

  /** Of queries from one on. */
  private static Tensor probabilities(
      Ops o, Tensor q, Tensor k, double scale, AttentionMask mask, int from) {
    Tensor scores = biased(o, o.affine(o.matmul(q, o.transpose(k)), scale, 0), mask);
    return mask.isNone() ? o.softmax(scores) : softmax(o, hidden(o, scores, mask, from));
  }

  private static Tensor biased(Ops o, Tensor scores, AttentionMask mask) {
    if (mask.bias() == null) {
      return scores;
    }
    Tensor each = o.reshape(mask.bias(), mask.bias().dim(0), 1, 1, mask.bias().dim(1));
    return o.add(scores, o.cast(each, scores.dtype()));
  }

  /** The softmax over scores that are not hidden; 0 if all are. */
  private static Tensor softmax(Ops o, Tensor scores) {
    Tensor max = o.max(scores, true, -1);
    // So that the exponentials of a row of hidden scores are 0.
    Tensor bounded = o.binary(BinaryOp.MAX, max, o.full(max.dtype(), Shape.of(), HIDDEN / 2));
    Tensor e = o.unary(UnaryOp.EXP, o.sub(scores, bounded));
    // The sum is 0 or at least 1, the exponential of the maximum.
    Tensor sum = o.sum(e, true, -1);
    return o.div(e, o.binary(BinaryOp.MAX, sum, o.full(sum.dtype(), Shape.of(), 1)));
  }

  private static Tensor hidden(Ops o, Tensor scores, AttentionMask mask, int from) {
    Tensor result = scores;
    if (mask.causal()) {
      result = o.binary(BinaryOp.MIN, result, causalBounds(o, scores, from));
    }
    if (mask.keys() != null) {
      result = o.binary(BinaryOp.MIN, result, keyBounds(o, scores.dtype(), mask.keys()));
    }
    return result;
  }

  /** The largest scores [queries, keys]: infinity, and HIDDEN for keys after the query. */
  private static Tensor causalBounds(Ops o, Tensor scores, int from) {
    int queries = scores.dim(2);
    int keys = scores.dim(3);
    double[] bounds = new double[Math.multiplyExact(queries, keys)];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = i % keys > from + i / keys ? HIDDEN : Double.POSITIVE_INFINITY;
    }
    return o.cast(o.of(bounds, queries, keys), scores.dtype());
  }

  /** The largest scores [B, 1, 1, keys]: infinity, and HIDDEN where the mask is 0. */
  private static Tensor keyBounds(Ops o, DType dtype, Tensor keys) {
    Tensor zero = o.full(dtype, Shape.of(), 0);
    Tensor isHidden = o.binary(BinaryOp.EQUAL, o.cast(keys, dtype), zero);
    Tensor table = o.of(new double[] {Double.POSITIVE_INFINITY, HIDDEN}, 2, 1);
    Tensor bounds = o.embedding(o.cast(table, dtype), o.cast(isHidden, DType.I32));
    return o.reshape(bounds, keys.dim(0), 1, 1, keys.dim(1));
  }

  /** Queries, keys and values, each [B, heads, T, d]. */
  private record Heads(Tensor q, Tensor k, Tensor v) {

    static Heads split(Ops o, Tensor qkv, int heads) {
      int width = qkv.dim(2) / 3;
      return new Heads(
          splitOne(o, o.slice(qkv, 2, 0, width), heads),
          splitOne(o, o.slice(qkv, 2, width, 2 * width), heads),
          splitOne(o, o.slice(qkv, 2, 2 * width, 3 * width), heads));
    }

    static Tensor splitOne(Ops o, Tensor x, int heads) {
      Tensor split = o.reshape(x, x.dim(0), x.dim(1), heads, x.dim(2) / heads);
      return o.permute(split, 0, 2, 1, 3);
    }

    static Tensor merge(Ops o, Tensor x) {
      return o.reshape(o.permute(x, 0, 2, 1, 3), x.dim(0), x.dim(2), x.dim(1) * x.dim(3));
    }
  }
}

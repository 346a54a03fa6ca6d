package io.github.maskalign.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Runs fused operations on contiguous operands: copies strided ones and frees the copies. */
final class Contiguous {

  private Contiguous() {}

  static Tensor run(Eager ops, Tensor x, UnaryOperator<Tensor> operation) {
    Tensor p = ops.contiguous(x);
    Tensor y = operation.apply(p);
    ops.done(p, x);
    return y;
  }

  static <R> R run(Eager ops, Tensor a, Tensor b, BiFunction<Tensor, Tensor, R> operation) {
    Tensor pa = ops.contiguous(a);
    Tensor pb = ops.contiguous(b);
    R result = operation.apply(pa, pb);
    ops.done(pa, a);
    ops.done(pb, b);
    return result;
  }

  static Tensor run(
      Eager ops,
      Tensor x,
      AttentionMask mask,
      BiFunction<Tensor, AttentionMask, Tensor> operation) {
    List<Tensor> held = mask.tensors();
    List<Tensor> ps = held.stream().map(ops::contiguous).toList();
    Tensor y = run(ops, x, p -> operation.apply(p, mask.withTensors(ps)));
    done(ops, ps, held);
    return y;
  }

  static Tensor run(
      Eager ops,
      List<Tensor> xs,
      Tensor other,
      BiFunction<List<Tensor>, Tensor, Tensor> operation) {
    List<Tensor> ps = new ArrayList<>(xs.size());
    for (Tensor x : xs) {
      ps.add(ops.contiguous(x));
    }
    Tensor y = run(ops, other, p -> operation.apply(ps, p));
    done(ops, ps, xs);
    return y;
  }

  private static void done(Eager ops, List<Tensor> standIns, List<Tensor> operands) {
    for (int i = 0; i < operands.size(); i++) {
      ops.done(standIns.get(i), operands.get(i));
    }
  }
}

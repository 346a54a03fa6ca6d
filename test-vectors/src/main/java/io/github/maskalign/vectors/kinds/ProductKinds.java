package io.github.maskalign.vectors.kinds;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.Map;

/** Matrix products and token selection. */
final class ProductKinds {

  private ProductKinds() {}

  static void matmul(VectorCase given) {
    boolean transposeA = given.flag("transpose_a");
    boolean transposeB = given.flag("transpose_b");
    Map<String, Tensor> in = given.tensors("in.");
    given.differentiate(
        in,
        ops -> {
          Tensor a = transposed(ops, in.get("a"), transposeA);
          Tensor b = transposed(ops, in.get("b"), transposeB);
          return Map.of("y", ops.matmul(a, b));
        });
  }

  private static Tensor transposed(Ops ops, Tensor x, boolean transpose) {
    return transpose ? ops.transpose(x) : x;
  }

  static void linear(VectorCase given) {
    Map<String, Tensor> in = given.tensors("in.");
    given.differentiate(
        in, ops -> Map.of("y", ops.linear(in.get("x"), in.get("weight"), in.get("bias"))));
  }

  static void gatherTokens(VectorCase given) {
    Tensor x = given.tensor("in.x");
    Tensor ids = given.tensor("in.ids");
    given.differentiate(Map.of("x", x), ops -> Map.of("y", ops.gatherTokens(x, ids)));
  }
}

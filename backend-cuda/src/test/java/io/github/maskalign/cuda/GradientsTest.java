package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.GradientCheck;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Gradients on the device compared with finite differences, in F64. */
@OnEmulator
class GradientsTest {

  private static final double TOLERANCE = 1e-7;

  private static Map<String, BiFunction<Ops, List<Tensor>, Tensor>> functions() {
    Map<String, BiFunction<Ops, List<Tensor>, Tensor>> all = new LinkedHashMap<>();
    all.put("linear", (o, in) -> o.linear(in.get(0), in.get(1), in.get(2)));
    for (Gelu kind : Gelu.values()) {
      all.put("gelu " + kind, (o, in) -> o.gelu(in.get(0), kind));
    }
    all.put("softmax", (o, in) -> o.softmax(in.get(0)));
    all.put("logSoftmax", (o, in) -> o.logSoftmax(in.get(0)));
    all.put("layerNorm", (o, in) -> o.layerNorm(in.get(0), in.get(3), in.get(4), 1e-5));
    all.put("attention", (o, in) -> o.attention(in.get(0), 2, 0.7));
    all.put("attention causal", (o, in) -> o.attention(in.get(0), 2, 0.7, AttentionMask.CAUSAL));
    all.put("attention keys", (o, in) -> o.attention(in.get(0), 2, 0.7, mask(o, false)));
    all.put("attention causal keys", (o, in) -> o.attention(in.get(0), 2, 0.7, mask(o, true)));
    all.put(
        "embedding", (o, in) -> o.embedding(in.get(1), o.of(new int[] {6, 0, 6, 2, 6, 5}, 2, 3)));
    all.put("smoothL1", (o, in) -> o.smoothL1(in.get(0), in.get(5), 0.8));
    all.put("matmul of views", (o, in) -> o.matmul(in.get(0), o.transpose(in.get(5))));
    all.put(
        "gatherTokens",
        (o, in) -> o.gatherTokens(in.get(0), o.of(new int[] {3, 0, 3, 1, 1, 2}, 2, 3)));
    all.put("tanh of a mean", (o, in) -> o.unary(UnaryOp.TANH, o.mean(in.get(0), true, 1)));
    all.put(
        "weightedSum",
        (o, in) -> o.weightedSum(List.of(in.get(0), in.get(5)), o.softmax(in.get(6))));
    return all;
  }

  /** Hides a key in the middle and, from the second sample, the first: causal queries see none. */
  private static AttentionMask mask(Ops ops, boolean causal) {
    Tensor keys = ops.of(new int[] {1, 1, 0, 1, 0, 1, 1, 0}, 2, 4);
    return new AttentionMask(causal, ops.cast(keys, DType.U8));
  }

  private static Tensor normal(Scope scope, long seed, int... dims) {
    int size = 1;
    for (int dim : dims) {
      size *= dim;
    }
    double[] values = new double[size];
    Philox random = Philox.of(seed);
    for (int i = 0; i < size; i++) {
      values[i] = random.normal(i);
    }
    return scope.ops().of(values, dims);
  }

  @Test
  void gradientsMatchFiniteDifferences() {
    try (CudaBackend backend = new CudaBackend(Gpus.open(), Precision.F32);
        Scope scope = Scope.root(backend, "test")) {
      List<Tensor> inputs =
          List.of(
              normal(scope, 1, 2, 4, 12),
              normal(scope, 2, 7, 12),
              normal(scope, 3, 7),
              normal(scope, 4, 12),
              normal(scope, 5, 12),
              normal(scope, 6, 2, 4, 12),
              normal(scope, 7, 2));
      functions()
          .forEach(
              (name, function) -> {
                GradientCheck.Result result = new GradientCheck(scope, 11).check(inputs, function);
                assertTrue(result.error() < TOLERANCE, name + ": " + result);
                assertTrue(result.analytic() != 0, name + " has no gradient");
              });
    }
  }
}

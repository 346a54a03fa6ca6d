package io.github.maskalign.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.DTypeException;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invalid arguments of operations are rejected with messages that name the operation. */
class CheckTest {

  private final Backend backend = new ReferenceBackend(HostPool.unlimited());
  private final Scope scope = Scope.root(backend, "test");
  private final Eager ops = (Eager) scope.ops();
  private final Tensor row = zeros(3);
  private final Tensor a = zeros(2, 3);
  private final Tensor b = zeros(4, 5);
  private final Tensor cube = zeros(2, 3, 12);
  private final Tensor ids = ops.of(new int[] {0, 1}, 2, 1);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private Tensor zeros(int... dims) {
    return ops.zeros(DType.F32, Shape.of(dims));
  }

  private static void refused(
      Class<? extends TensorException> type, Runnable action, String... parts) {
    String message = assertThrows(type, action::run).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' is missing in: " + message);
    }
  }

  private static void shape(Runnable action, String... parts) {
    refused(ShapeException.class, action, parts);
  }

  private static void argument(Runnable action, String... parts) {
    refused(ArgumentException.class, action, parts);
  }

  private static void dtype(Runnable action, String... parts) {
    refused(DTypeException.class, action, parts);
  }

  @Test
  void values() {
    shape(() -> ops.of(new float[5], 2, 3), "of", "5", "[2, 3]");
    shape(
        () -> ops.of(DType.F64, MemorySegment.ofArray(new byte[9]), Shape.of(1)), "of", "9 bytes");
    shape(a::item, "item", "[2, 3]");
    dtype(a::toLongs, "toLongs", "F32");
  }

  @Test
  void elementwise() {
    shape(() -> a.add(b), "ADD", "[2, 3]", "[4, 5]");
    shape(() -> a.mul(zeros(2)), "MUL", "[2, 3]", "[2]");
    dtype(() -> a.add(ops.cast(a, DType.F64)), "ADD", "F32", "F64", "cast");
    dtype(() -> ids.square(), "SQUARE", "I32", "cast");
    dtype(() -> ops.cast(a, DType.BF16).scale(2), "affine", "BF16", "cast");
    dtype(() -> ids.gelu(), "gelu", "I32");
  }

  @Test
  void reductions() {
    shape(() -> a.sum(2), "axis 2", "[2, 3]");
    shape(() -> a.sum(1, -1), "SUM", "twice");
    dtype(() -> ids.sum(), "SUM", "I32");
  }

  @Test
  void products() {
    shape(() -> a.matmul(b), "matmul", "[2, 3]", "[4, 5]");
    shape(() -> a.matmul(row), "matmul", "[2, 3]", "[3]");
    shape(() -> zeros(2, 4, 3).matmul(zeros(3, 3, 4)), "matmul", "[2]", "[3]");
    dtype(() -> a.matmul(ops.zeros(DType.F64, Shape.of(3, 2))), "matmul", "F32", "F64");
    shape(() -> ops.linear(a, b, null), "linear", "[2, 3]", "[4, 5]");
    shape(() -> ops.linear(a, zeros(7, 3), row), "linear", "bias", "[7]", "[3]");
    dtype(() -> ops.linear(ops.cast(a, DType.BF16), zeros(7, 3), null), "linear", "BF16", "cast");
    Tensor weight = zeros(7, 3);
    Epilogue narrow = new Epilogue.Residual(a, null);
    shape(() -> ops.linear(a, weight, null, narrow), "residual", "[2, 3]", "[2, 7]");
    Epilogue scaled = new Epilogue.Residual(zeros(2, 7), row);
    shape(() -> ops.linear(a, weight, null, scaled), "residual", "scale", "[7]", "[3]");
    Epilogue other = new Epilogue.Residual(ops.zeros(DType.F64, Shape.of(2, 7)), null);
    dtype(() -> ops.linear(a, weight, null, other), "residual", "F32", "F64");
  }

  @Test
  void views() {
    shape(() -> a.reshape(4), "reshape", "[2, 3]", "[4]");
    shape(() -> a.reshape(-1, 4), "reshape", "[2, 3]", "[-1, 4]");
    shape(() -> a.reshape(-1, -1), "reshape");
    shape(() -> zeros(0, 3).reshape(0, -1), "reshape");
    shape(() -> row.transpose(), "transpose", "[3]");
    shape(() -> a.slice(0, 1, 3), "slice", "[1, 3)", "[2, 3]");
    shape(() -> a.permute(0), "permute", "[2, 3]");
    shape(() -> ops.broadcast(a, Shape.of(3)), "broadcast", "[2, 3]", "[3]");
    argument(() -> ops.concat(List.of(), 0), "concat");
    shape(() -> ops.concat(List.of(a, b), 0), "concat", "[2, 3]", "[4, 5]");
    dtype(() -> ops.concat(List.of(ids, zeros(2, 1)), 0), "concat", "I32", "F32");
    assertEquals(Shape.of(3, 2), a.reshape(3, -1).shape());
    assertEquals(Shape.of(6), a.reshape(-1).shape());
  }

  @Test
  void tokens() {
    shape(() -> ops.gatherTokens(a, ids), "gatherTokens", "[2, 3]", "[2, 1]");
    shape(() -> ops.gatherTokens(zeros(3, 4, 5), ids), "gatherTokens", "[3, 4, 5]", "[2, 1]");
    dtype(() -> ops.gatherTokens(cube, zeros(2, 1)), "gatherTokens", "F32");
  }

  @Test
  void embedding() {
    shape(() -> ops.embedding(cube, ids), "embedding", cube.shape().toString());
    dtype(() -> ops.embedding(a, zeros(2)), "embedding", "F32");
    dtype(() -> ops.embedding(ids, ids), "embedding", "I32");
  }

  @Test
  void fused() {
    shape(() -> ops.softmax(zeros()), "softmax", "scalar");
    shape(() -> ops.logSoftmax(zeros()), "logSoftmax", "scalar");
    argument(() -> ops.layerNorm(a, row, null, 1e-6), "layerNorm", "both");
    shape(() -> ops.layerNorm(a, zeros(2), row, 1e-6), "layerNorm", "gamma", "[3]", "[2]");
    argument(() -> ops.layerNorm(a, row, row, -1), "layerNorm", "eps");
    shape(() -> ops.attention(cube, 5, 1), "attention", "[2, 3, 12]", "5 heads");
    shape(() -> ops.attention(a, 1, 1), "attention", "[2, 3]");
    Tensor keys = ops.zeros(DType.U8, Shape.of(2, 2));
    shape(() -> ops.attention(cube, 2, 1, AttentionMask.of(keys)), "attention", "[2, 2]");
    Tensor wide = zeros(2, 3);
    dtype(() -> ops.attention(cube, 2, 1, AttentionMask.of(wide)), "attention", "U8", "F32");
    shape(() -> ops.attention(a, cube, 2, 1), "attention", "[2, 3, 12]", "[2, 3]");
    shape(() -> ops.attention(cube, cube, 2, 1), "attention", "[B, Q, heads * d]");
    dtype(() -> ops.attention(ids, cube, 2, 1), "attention", "I32");
    dtype(() -> ops.attention(cube, 2, 1, AttentionMask.biased(keys)), "bias", "F32", "U8");
    Tensor bias = ops.zeros(DType.F32, Shape.of(2, 4));
    shape(() -> ops.attention(cube, 2, 1, AttentionMask.biased(bias)), "bias", "[2, 4]");
    shape(
        () -> ops.attentionProbabilities(cube, 2, 1, 1, 4),
        "attentionProbabilities",
        "[1, 4)",
        "3");
    argument(() -> ops.weightedSum(List.of(), row), "weightedSum");
    shape(() -> ops.weightedSum(List.of(a, b), zeros(2)), "weightedSum", "[2, 3]", "[4, 5]");
    shape(() -> ops.weightedSum(List.of(a, a), row), "weightedSum", "[2]", "[3]");
  }

  @Test
  void losses() {
    shape(() -> ops.smoothL1(a, b, 1), "smoothL1", "[2, 3]", "[4, 5]");
    argument(() -> ops.smoothL1(a, a, 0), "smoothL1", "beta");
    argument(() -> ops.smoothL1(a, a, Double.NaN), "smoothL1", "beta");
    shape(() -> ops.crossEntropy(a, b), "crossEntropy", "[2, 3]", "[4, 5]");
    shape(() -> ops.crossEntropy(row, row), "crossEntropy", "[N, C]", "[3]");
  }

  @Test
  void backendsDoNotMix() {
    try (Backend other = new ReferenceBackend(HostPool.unlimited());
        Scope elsewhere = Scope.root(other, "elsewhere")) {
      Tensor stranger = elsewhere.ops().zeros(DType.F32, Shape.of(2, 3));
      refused(DeviceException.class, () -> ops.add(a, stranger), "ADD", "reference");
      refused(DeviceException.class, () -> a.add(stranger), "'test'", "'elsewhere'");
      refused(DeviceException.class, () -> ops.concat(List.of(a, stranger), 0), "concat");
      Tensor strangeIds = elsewhere.ops().zeros(DType.I32, Shape.of(2, 1));
      refused(DeviceException.class, () -> ops.gatherTokens(cube, strangeIds), "gatherTokens");
      refused(DeviceException.class, () -> ops.embedding(a, strangeIds), "embedding");
      AttentionMask mask = AttentionMask.of(elsewhere.ops().zeros(DType.U8, Shape.of(2, 3)));
      refused(DeviceException.class, () -> ops.attention(cube, 2, 1, mask), "attention");
    }
  }

  @Test
  void refusalsLeaveNothingBehind() {
    long before = backend.memory().live();
    shape(() -> a.matmul(b), "matmul");
    shape(() -> ops.concat(List.of(a, b), 0), "concat");
    shape(() -> ops.of(new float[5], 2, 3), "of");
    assertEquals(before, backend.memory().live());
  }
}

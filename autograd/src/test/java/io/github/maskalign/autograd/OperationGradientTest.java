package io.github.maskalign.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every operation has a gradient check; a new one without it fails the test. */
class OperationGradientTest {

  /** A function that records an operation, and the shapes of its inputs. */
  private record Case(BiFunction<Ops, List<Tensor>, Tensor> function, int[]... shapes) {

    Tensor[] inputs(GradientFixture given) {
      return Arrays.stream(shapes).map(given::normal).toArray(Tensor[]::new);
    }
  }

  private static final Map<Class<? extends Operation>, Case> CASES =
      Map.ofEntries(
          Map.entry(Operation.Unary.class, of((o, x) -> o.unary(UnaryOp.TANH, x.get(0)), d(2, 3))),
          Map.entry(
              Operation.Binary.class,
              of((o, x) -> o.binary(BinaryOp.MUL, x.get(0), x.get(1)), d(2, 3), d(3))),
          Map.entry(Operation.Affine.class, of((o, x) -> o.affine(x.get(0), -3, 0.5), d(2, 3))),
          Map.entry(Operation.Gelu.class, of((o, x) -> o.gelu(x.get(0), Gelu.ERF), d(2, 3))),
          Map.entry(Operation.Sum.class, of((o, x) -> o.sum(x.get(0), false, 1), d(2, 3, 2))),
          Map.entry(Operation.Max.class, of((o, x) -> o.max(x.get(0), true, -1), d(2, 5))),
          Map.entry(
              Operation.MatMul.class,
              of((o, x) -> o.matmul(x.get(0), x.get(1)), d(2, 3, 4), d(4, 2))),
          Map.entry(
              Operation.Linear.class,
              of((o, x) -> o.linear(x.get(0), x.get(1), x.get(2)), d(2, 3, 4), d(5, 4), d(5))),
          Map.entry(Operation.Reshape.class, of((o, x) -> o.reshape(x.get(0), 3, -1), d(2, 3, 2))),
          Map.entry(
              Operation.Permute.class, of((o, x) -> o.permute(x.get(0), 2, -3, 1), d(2, 3, 4))),
          Map.entry(Operation.Slice.class, of((o, x) -> o.slice(x.get(0), -1, 1, 3), d(2, 4))),
          Map.entry(
              Operation.Broadcast.class,
              of((o, x) -> o.broadcast(x.get(0), Shape.of(4, 2, 3)), d(2, 1))),
          Map.entry(Operation.Concat.class, of((o, x) -> o.concat(x, -2), d(2, 1, 3), d(2, 4, 3))),
          Map.entry(Operation.Cast.class, of((o, x) -> o.cast(x.get(0), DType.F64), d(2, 3))),
          Map.entry(
              Operation.GatherTokens.class,
              of((o, x) -> o.gatherTokens(x.get(0), o.of(new int[] {2, 0}, 2, 1)), d(2, 3, 2))),
          Map.entry(
              Operation.Embedding.class,
              of((o, x) -> o.embedding(x.get(0), o.of(new int[] {2, 0, 2, 2}, 2, 2)), d(4, 3))),
          Map.entry(Operation.Softmax.class, of((o, x) -> o.softmax(x.get(0)), d(2, 4))),
          Map.entry(Operation.LogSoftmax.class, of((o, x) -> o.logSoftmax(x.get(0)), d(2, 4))),
          Map.entry(
              Operation.LayerNorm.class,
              of((o, x) -> o.layerNorm(x.get(0), x.get(1), x.get(2), 1e-5), d(3, 4), d(4), d(4))),
          Map.entry(
              Operation.Attention.class,
              of((o, x) -> o.attention(x.get(0), 2, 0.6, mask(o)), d(2, 3, 12))),
          Map.entry(
              Operation.WeightedSum.class,
              of((o, x) -> o.weightedSum(x.subList(0, 2), x.get(2)), d(2, 3), d(2, 3), d(2))),
          Map.entry(
              Operation.SmoothL1.class,
              of((o, x) -> o.smoothL1(x.get(0), x.get(1), 0.7), d(3, 4), d(3, 4))),
          Map.entry(
              Operation.CrossEntropy.class,
              of((o, x) -> o.crossEntropy(x.get(0), half(o)), d(2, 4))),
          Map.entry(
              Operation.Recomputed.class,
              of((o, x) -> o.recomputed("cube", x.get(0), (i, y) -> i.mul(i.mul(y, y), y)), d(3))));

  private static Case of(BiFunction<Ops, List<Tensor>, Tensor> function, int[]... shapes) {
    return new Case(function, shapes);
  }

  private static int[] d(int... dims) {
    return dims;
  }

  private static AttentionMask mask(Ops ops) {
    Tensor keys = ops.cast(ops.of(new int[] {0, 1, 1, 1, 1, 0}, 2, 3), DType.U8);
    return new AttentionMask(true, keys);
  }

  private static Tensor half(Ops ops) {
    return ops.of(new double[] {0.5, 0.5, 0, 0, 0, 0, 1, 0}, 2, 4);
  }

  @Test
  void everyOperationHasACase() {
    Set<Class<?>> operations = Set.of(Operation.class.getPermittedSubclasses());
    assertEquals(operations, CASES.keySet(), "add a case for each operation");
  }

  @TestFactory
  Stream<DynamicTest> gradientOf() {
    return CASES.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey().getSimpleName(), () -> check(entry.getKey(), entry.getValue())));
  }

  private static void check(Class<? extends Operation> operation, Case tested) {
    try (GradientFixture given = new GradientFixture()) {
      Tensor[] inputs = tested.inputs(given);
      assertTrue(recorded(given, tested, inputs).contains(operation), "is not recorded");
      given.check(tested.function(), inputs);
    }
  }

  private static Set<Class<?>> recorded(GradientFixture given, Case tested, Tensor[] inputs) {
    try (Tape tape = Tape.open(given.scope(), "recorded")) {
      tape.watchAll(List.of(inputs));
      tested.function().apply(tape, List.of(inputs));
      return tape.recorded().map(Object::getClass).collect(Collectors.toSet());
    }
  }
}

package io.github.maskalign.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** The oracle's bounds are tight enough to fail a wrong backend. */
class OracleTest {

  private static final double UNIT = 0x1p-24;

  private static Oracle.Bounded evaluate(
      BiFunction<Eager, List<Tensor>, Tensor> f, Operand... operands) {
    try (Scope scope = Scope.root(new Oracle(DType.F32), "oracle")) {
      Eager ops = (Eager) scope.ops();
      List<Tensor> in = List.of(operands).stream().map(x -> x.on(ops, DType.F64)).toList();
      return Oracle.read(f.apply(ops, in));
    }
  }

  private static double largest(double... values) {
    double max = 0;
    for (double v : values) {
      max = Math.max(max, Math.abs(v));
    }
    return max;
  }

  @Test
  void boundOfASumIsItsLengthTimesItsMagnitude() {
    Operand x = Operand.of(new double[] {1, -2, 4}, 3);
    Oracle.Bounded sum = evaluate((o, in) -> o.sum(in.get(0), false), x);
    assertEquals(3, sum.value()[0]);
    assertEquals(3 * 7 * UNIT, sum.error()[0], 1e-30);
  }

  @Test
  void errorsPassThroughFunctions() {
    Operand x = Operand.of(new double[] {0.1}).map(v -> v);
    double v = (float) 0.1;
    Oracle.Bounded y =
        evaluate((o, in) -> o.unary(UnaryOp.SQUARE, o.unary(UnaryOp.SQUARE, in.get(0))), x);
    assertEquals(v * v * v * v, y.value()[0], 1e-19);
    assertEquals(3 * v * v * v * v * UNIT, y.error()[0], 1e-6 * UNIT);
  }

  /** On ordinary numbers no fused operation is allowed more than about a thousand roundings. */
  @Test
  void boundsOfFusedOperationsAreNarrow() {
    Operand x = Operand.normal(1, 6, 64);
    Operand g = Operand.normal(2, 6, 64);
    Operand v = Operand.normal(3, 64);
    Operand qkv = Operand.normal(4, 2, 17, 96);
    Operand gy = Operand.normal(5, 2, 17, 32);
    assertNarrow(30, evaluate((o, in) -> o.gelu(in.get(0), Gelu.ERF), x));
    assertNarrow(60, evaluate((o, in) -> o.geluGrad(in.get(0), Gelu.TANH, in.get(1)), x, g));
    assertNarrow(200, evaluate((o, in) -> o.softmax(in.get(0)), x));
    assertNarrow(
        200, evaluate((o, in) -> o.layerNorm(in.get(0), in.get(1), in.get(1), 1e-6), x, v));
    assertNarrow(
        500,
        evaluate((o, in) -> o.layerNormGrad(in.get(0), in.get(1), 1e-6, in.get(2)).x(), x, v, g));
    assertNarrow(500, evaluate((o, in) -> o.attention(in.get(0), 2, 0.25), qkv));
    assertNarrow(
        1_500, evaluate((o, in) -> o.attentionGrad(in.get(0), 2, 0.25, in.get(1)), qkv, gy));
    assertNarrow(400, evaluate((o, in) -> o.smoothL1(in.get(0), in.get(1), 1), x, g));
  }

  private static void assertNarrow(double roundings, Oracle.Bounded result) {
    double max = largest(result.error()) / (UNIT * largest(result.value()));
    assertTrue(max <= roundings, () -> "bound of " + max + " roundings");
  }

  /** A backend with a relative error of a few parts per million fails. */
  @Test
  void aSmallErrorFails() {
    Subject contract = new Subject();
    contract.check((o, x) -> o.affine(x, 1, 0), Operand.normal(1, 4, 4));
    AssertionError found =
        assertThrows(
            AssertionError.class,
            () ->
                contract.check(
                    (o, x) -> {
                      boolean examined = o.scope().backend() instanceof ReferenceBackend;
                      return o.unary(UnaryOp.EXP, o.affine(x, examined ? 1 + 3e-6 : 1, 0));
                    },
                    Operand.normal(1, 4, 4)));
    assertTrue(found.getMessage().contains("expected"), found.getMessage());
  }

  private static final class Subject extends BackendContract {
    @Override
    public Backend open(int threads, HostPool pool) {
      return new ReferenceBackend(pool);
    }
  }
}

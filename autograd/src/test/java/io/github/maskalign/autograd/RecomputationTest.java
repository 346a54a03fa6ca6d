package io.github.maskalign.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Recomputation in the backward pass gives the same bits with less memory. */
class RecomputationTest {

  private static final int ELEMENTS = 1024;
  private static final long BYTES = ELEMENTS * Double.BYTES;
  private static final int DEPTH = 6;

  private final GradientFixture given = new GradientFixture();

  @AfterEach
  void close() {
    given.close();
  }

  /** Saves the values of a body, or recomputes them. */
  @FunctionalInterface
  private interface Way {
    Tensor run(Ops ops, Tensor x, BiFunction<Ops, Tensor, Tensor> body);

    Way KEPT = (ops, x, body) -> ops.within("body", inner -> body.apply(inner, x));
    Way AGAIN = (ops, x, body) -> ops.recomputed("body", x, body);
  }

  /** A chain in which every value is used twice, inside the bodies and after them. */
  private static Tensor chain(Ops ops, Tensor x, Tensor w, Way way) {
    Tensor total = x;
    Tensor y = x;
    for (int i = 0; i < DEPTH; i++) {
      Tensor input = y;
      y =
          way.run(
              ops,
              input,
              (o, in) ->
                  way.run(
                      o,
                      o.add(in, o.unary(UnaryOp.TANH, o.mul(in, w))),
                      (inner, middle) -> inner.mul(inner.unary(UnaryOp.TANH, middle), w)));
      total = ops.add(total, y);
    }
    return ops.mul(total, y);
  }

  @Test
  void gradientsHaveTheSameBits() {
    Tensor x = given.normal(ELEMENTS);
    Tensor w = given.normal(ELEMENTS);
    double[][] kept = given.gradients((o, in) -> chain(o, in.get(0), in.get(1), Way.KEPT), x, w);
    double[][] again = given.gradients((o, in) -> chain(o, in.get(0), in.get(1), Way.AGAIN), x, w);
    assertArrayEquals(kept[0], again[0]);
    assertArrayEquals(kept[1], again[1]);
  }

  private long forwardBytes(Way way) {
    Tensor x = given.normal(ELEMENTS);
    Tensor w = given.normal(ELEMENTS);
    long before = given.scope().backend().memory().live();
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(x, w));
      Tensor loss = tape.within("loss", ops -> ops.sum(chain(ops, x, w, way), false));
      long bytes = given.scope().backend().memory().live() - before;
      tape.backward(loss);
      return bytes;
    }
  }

  @Test
  void onlyInputsAreKept() {
    long kept = forwardBytes(Way.KEPT);
    long again = forwardBytes(Way.AGAIN);
    assertTrue(kept > 3 * DEPTH * BYTES, () -> "kept " + kept);
    assertTrue(again < (DEPTH + 3) * BYTES, () -> "again " + again);
  }

  private static Tensor cheap(Ops ops, Tensor x, Tensor w) {
    Tensor bent = ops.gelu(ops.affine(x, 2, 0), Gelu.ERF);
    return ops.mul(ops.mul(ops.layerNorm(bent, w, w, 1e-6), w), bent);
  }

  /** Results of GELU and layer norm are recomputed, even if one is the input of the other. */
  @Test
  void cheapResultsAreRecomputed() {
    Tensor x = given.normal(ELEMENTS);
    Tensor w = given.normal(ELEMENTS);
    double[][] kept = given.gradients((o, in) -> cheap(o, in.get(0), in.get(1)), x, w);
    double[][] again =
        given.gradients((o, in) -> o.within("body", i -> cheap(i, in.get(0), in.get(1))), x, w);
    assertArrayEquals(kept[0], again[0]);
    assertArrayEquals(kept[1], again[1]);
    double[][] both =
        given.gradients(
            (o, in) -> o.recomputed("body", in.get(0), (i, y) -> cheap(i, y, in.get(1))), x, w);
    assertArrayEquals(kept[0], both[0]);
    assertArrayEquals(kept[1], both[1]);
    long before = given.scope().backend().memory().live();
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(x, w));
      Tensor y = tape.within("body", ops -> cheap(ops, x, w));
      // The input of the GELU, one product, the result.
      assertEquals(before + 3 * BYTES, given.scope().backend().memory().live());
      Tensor bent = tape.gelu(y, Gelu.ERF);
      Tensor square = tape.mul(bent, bent);
      tape.discard(bent);
      assertTrue(bent.isClosed());
      tape.backward(tape.sum(square, false));
    }
  }

  @Test
  void aBodyWithoutWatchedTensorsIsNotRecorded() {
    Tensor x = given.normal(2);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(given.normal(2)));
      tape.recomputed("constant", x, (ops, in) -> ops.affine(in, 2, 0));
      assertEquals(0, tape.size());
    }
  }

  @Test
  void aBodyThatGivesItsInputIsNotRecorded() {
    Tensor x = given.normal(2);
    try (Tape tape = Tape.open(given.scope(), "step")) {
      tape.watchAll(List.of(x));
      Tensor y = tape.affine(x, 2, 0);
      assertSame(
          y,
          tape.recomputed(
              "identity",
              y,
              (ops, in) -> {
                ops.mul(in, in);
                return in;
              }));
      assertEquals(1, tape.size());
      double[] gradient = tape.backward(tape.sum(y, false)).of(x).toDoubles();
      assertArrayEquals(new double[] {2, 2}, gradient);
    }
  }

  /** The body's input is itself a result that is not saved. */
  @Test
  void aRecomputedBodyMayStartFromARecomputableValue() {
    Tensor x = given.normal(ELEMENTS);
    Tensor w = given.normal(ELEMENTS);
    double[][] kept = given.gradients((o, in) -> norm(o, in.get(0), in.get(1), Way.KEPT), x, w);
    double[][] again = given.gradients((o, in) -> norm(o, in.get(0), in.get(1), Way.AGAIN), x, w);
    assertArrayEquals(kept[0], again[0]);
    assertArrayEquals(kept[1], again[1]);
  }

  /** The scale and shift of a layer norm are themselves results that are not saved. */
  @Test
  void aRecomputableValueMayScaleANorm() {
    Tensor x = given.normal(ELEMENTS);
    Tensor w = given.normal(ELEMENTS);
    double[][] kept = given.gradients((o, in) -> scaled(o, in.get(0), in.get(1)), x, w);
    double[][] again =
        given.gradients((o, in) -> o.within("body", i -> scaled(i, in.get(0), in.get(1))), x, w);
    assertArrayEquals(kept[0], again[0]);
    assertArrayEquals(kept[1], again[1]);
  }

  private static Tensor scaled(Ops ops, Tensor x, Tensor w) {
    Tensor scale = ops.gelu(w, Gelu.ERF);
    Tensor normalized = ops.layerNorm(x, scale, scale, 1e-6);
    return ops.mul(normalized, normalized);
  }

  private static Tensor norm(Ops ops, Tensor x, Tensor w, Way way) {
    return ops.within(
        "outer",
        o -> {
          Tensor normalized = o.layerNorm(o.affine(x, 2, 0), w, w, 1e-6);
          Tensor y = way.run(o, normalized, (inner, in) -> inner.mul(inner.mul(in, in), w));
          return o.mul(y, normalized);
        });
  }
}

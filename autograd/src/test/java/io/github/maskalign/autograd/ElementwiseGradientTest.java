package io.github.maskalign.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients of the functions of one and two elements, on every kind of shape and layout. */
class ElementwiseGradientTest {

  private final GradientFixture given = new GradientFixture();

  @AfterEach
  void close() {
    given.close();
  }

  @ParameterizedTest
  @EnumSource
  void unary(UnaryOp op) {
    BiFunction<Ops, List<Tensor>, Tensor> function = (o, x) -> o.unary(op, x.get(0));
    for (Tensor x : layouts(op)) {
      if (op == UnaryOp.SIGN || x.size() == 0) {
        given.checkFlat(function, x);
      } else {
        given.check(function, x);
      }
    }
  }

  private List<Tensor> layouts(UnaryOp op) {
    return switch (op) {
      case SQRT, LOG -> layouts(given::positive);
      case ABS, SIGN, RECIPROCAL, RELU -> layouts(given::awayFromZero);
      case NEG, SQUARE, EXP, TANH, SIGMOID, ERF -> layouts(given::normal);
    };
  }

  /** Scalar, odd, size-1 and size-0 axes; permuted, sliced and broadcast views. */
  private List<Tensor> layouts(Function<int[], Tensor> values) {
    Ops ops = given.ops();
    return List.of(
        values.apply(new int[] {}),
        values.apply(new int[] {7}),
        values.apply(new int[] {1, 3, 1}),
        values.apply(new int[] {2, 0}),
        ops.permute(values.apply(new int[] {2, 3, 2}), 2, 0, 1),
        ops.slice(values.apply(new int[] {3, 5}), 1, 1, 4),
        ops.broadcast(values.apply(new int[] {3, 1}), Shape.of(2, 3, 4)));
  }

  @ParameterizedTest
  @EnumSource
  void gelu(Gelu kind) {
    for (Tensor x : layouts(given::normal)) {
      if (x.size() > 0) {
        given.check((o, in) -> o.gelu(in.get(0), kind), x);
      } else {
        given.checkFlat((o, in) -> o.gelu(in.get(0), kind), x);
      }
    }
  }

  @Test
  void affine() {
    for (Tensor x : layouts(given::normal)) {
      if (x.size() > 0) {
        given.check((o, in) -> o.affine(in.get(0), -2.5, 3), x);
      }
    }
  }

  @Test
  void kinksHaveTheGradientOfNeitherSide() {
    Tensor x = given.ops().of(new double[] {-2, 0, 3}, 3);
    assertArrayEquals(
        new double[] {-1, 0, 1}, given.gradients((o, in) -> o.unary(UnaryOp.ABS, in.get(0)), x)[0]);
    assertArrayEquals(
        new double[] {0, 0, 1}, given.gradients((o, in) -> o.unary(UnaryOp.RELU, in.get(0)), x)[0]);
  }

  @ParameterizedTest
  @EnumSource
  void binaryBroadcastsEitherSide(BinaryOp op) {
    Ops ops = given.ops();
    binary(op, given.normal(2, 3), denominator(2, 3));
    binary(op, given.normal(2, 3), denominator());
    binary(op, given.normal(), denominator(2, 3));
    binary(op, given.normal(), denominator());
    binary(op, given.normal(2, 1, 3), denominator(4, 1));
    binary(op, given.normal(3), denominator(2, 1, 1));
    binary(op, given.normal(1, 1), denominator(1, 1, 1));
    binary(op, ops.transpose(given.normal(3, 2)), ops.slice(denominator(4, 3), 0, 1, 3));
    binary(op, ops.slice(given.normal(2, 5), 1, 2, 5), ops.transpose(denominator(3, 2)));
    binary(op, ops.broadcast(given.normal(2, 1), Shape.of(2, 3)), denominator(2, 3));
    binary(op, given.normal(2, 0), denominator(2, 1));
    binary(op, given.normal(1), denominator(3, 0));
  }

  /** Far from 0 and from the normal values that it meets, so that no comparison changes. */
  private Tensor denominator(int... dims) {
    return given.values(value -> 20 * Math.copySign(0.4, value) + value, dims);
  }

  private void binary(BinaryOp op, Tensor a, Tensor b) {
    BiFunction<Ops, List<Tensor>, Tensor> both = (o, x) -> o.binary(op, x.get(0), x.get(1));
    BiFunction<Ops, List<Tensor>, Tensor> onlyA = (o, x) -> o.binary(op, x.get(0), b);
    BiFunction<Ops, List<Tensor>, Tensor> onlyB = (o, x) -> o.binary(op, a, x.get(0));
    boolean empty = a.size() == 0 || b.size() == 0;
    switch (op) {
      case GREATER_EQUAL, EQUAL -> given.checkFlat(both, a, b);
      case ADD, SUB, MUL, DIV, MAX, MIN -> {
        if (empty) {
          given.checkFlat(both, a, b);
        } else {
          given.check(both, a, b);
        }
      }
    }
    if (!empty && op.ordinal() <= BinaryOp.DIV.ordinal()) {
      given.check(onlyA, a);
      given.check(onlyB, b);
    }
  }

  @Test
  void greaterAndSmallerSendTheWholeGradientToOneSide() {
    Tensor a = given.ops().of(new double[] {1, 5, 2}, 3);
    Tensor b = given.ops().of(new double[] {4, 3, 2}, 3);
    double[][] max = given.gradients((o, x) -> o.binary(BinaryOp.MAX, x.get(0), x.get(1)), a, b);
    assertArrayEquals(new double[] {0, 1, 1}, max[0]);
    assertArrayEquals(new double[] {1, 0, 0}, max[1]);
    double[][] min = given.gradients((o, x) -> o.binary(BinaryOp.MIN, x.get(0), x.get(1)), a, b);
    assertArrayEquals(new double[] {1, 0, 1}, min[0]);
    assertArrayEquals(new double[] {0, 1, 0}, min[1]);
  }

  @ParameterizedTest
  @EnumSource
  void oneTensorOnBothSides(BinaryOp op) {
    Tensor x = given.awayFromZero(2, 3);
    switch (op) {
      case ADD, MUL, MAX, MIN -> given.check((o, in) -> o.binary(op, in.get(0), in.get(0)), x);
      case SUB, DIV, GREATER_EQUAL, EQUAL ->
          assertArrayEquals(
              op == BinaryOp.SUB || op == BinaryOp.DIV ? new double[6] : null,
              given.gradients((o, in) -> o.binary(op, in.get(0), in.get(0)), x)[0],
              1e-15);
    }
  }

  @Test
  void oneTensorInManyPlaces() {
    given.check(
        (o, in) -> {
          Tensor x = in.get(0);
          Tensor y = o.matmul(x, o.transpose(x));
          Tensor column = o.sum(x, true, 1);
          return o.add(o.mul(y, column), o.div(o.unary(UnaryOp.EXP, column), o.affine(y, 1, 30)));
        },
        given.normal(3, 3));
  }

  @Test
  void castToFloatAndBackPassesTheGradient() {
    Tensor x = given.normal(2, 3);
    double[] gradient =
        given
            .gradients(
                (o, in) -> o.cast(o.affine(o.cast(in.get(0), DType.F32), 3, 0), DType.F64), x)[0];
    assertArrayEquals(new double[] {3, 3, 3, 3, 3, 3}, gradient);
  }

  @Test
  void whatIsComparedHasNoGradient() {
    assertNull(given.gradients((o, x) -> o.unary(UnaryOp.SIGN, x.get(0)), given.normal(3))[0]);
  }
}

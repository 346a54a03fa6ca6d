package io.github.maskalign.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Elementwise operations and reductions, over shapes, layouts and special values. */
public abstract class PrimitivesContract extends BackendContract {

  private static final double INFINITY = Double.POSITIVE_INFINITY;
  private static final double[] SPECIAL = {
    0, -0.0, 1, -1, 0.5, -3, 1e-30, -1e-30, 80, -80, 1e20, -1e20, INFINITY, -INFINITY, Double.NaN
  };

  @Property(tries = 150)
  void unary(
      @ForAll UnaryOp op, @ForAll("shapes") int[] dims, @ForAll View view, @ForAll long seed) {
    Operand x = Operand.normal(view, seed, dims);
    check((o, t) -> o.unary(op, t), domain(op, x));
  }

  private static Operand domain(UnaryOp op, Operand x) {
    return switch (op) {
      case SQRT, LOG, RECIPROCAL -> x.positive();
      case SIGN, RELU, ABS -> x.coarse();
      case NEG, SQUARE, EXP, TANH, SIGMOID, ERF -> x.map(v -> 3 * v);
    };
  }

  /** So many elements that every lane, tail and split between threads is used. */
  @Example
  void unaryOfManyElements() {
    Operand x = Operand.normal(1, 70_001);
    for (UnaryOp op : UnaryOp.values()) {
      check((o, t) -> o.unary(op, t), domain(op, x));
    }
  }

  @Example
  void unaryOfSpecialValues() {
    for (UnaryOp op : UnaryOp.values()) {
      check((o, t) -> o.unary(op, t), Operand.of(SPECIAL, SPECIAL.length).map(v -> v));
    }
  }

  @Example
  void unaryOfKnownValues() {
    assertUnary(UnaryOp.NEG, -2.5, 2.5);
    assertUnary(UnaryOp.ABS, -2.5, 2.5);
    assertUnary(UnaryOp.SIGN, -2.5, -1);
    assertUnary(UnaryOp.SQUARE, -2.5, 6.25);
    assertUnary(UnaryOp.SQRT, 6.25, 2.5);
    assertUnary(UnaryOp.RECIPROCAL, -8, -0.125);
    assertUnary(UnaryOp.EXP, 1, 2.718281828459045);
    assertUnary(UnaryOp.LOG, 10, 2.302585092994046);
    assertUnary(UnaryOp.TANH, 0.5, 0.46211715726000976);
    assertUnary(UnaryOp.SIGMOID, 2, 0.8807970779778823);
    assertUnary(UnaryOp.ERF, -1, -0.8427007929497149);
    assertUnary(UnaryOp.RELU, 3, 3);
    assertUnary(UnaryOp.RELU, -3, 0);
  }

  private void assertUnary(UnaryOp op, double x, double expected) {
    assertNear(expected, (o, in) -> List.of(o.unary(op, in.get(0))), Operand.of(new double[] {x}));
  }

  @Property(tries = 150)
  void binary(
      @ForAll BinaryOp op,
      @ForAll("shapes") int[] dims,
      @ForAll View viewOfA,
      @ForAll View viewOfB,
      @ForAll long seed) {
    Operand a = Operand.normal(viewOfA, seed, dims);
    Operand b = Operand.normal(viewOfB, seed + 1, dims);
    check((o, s, t) -> o.binary(op, s, t), domain(op, a, false), domain(op, b, true));
  }

  private static Operand domain(BinaryOp op, Operand x, boolean right) {
    return switch (op) {
      case ADD, SUB, MUL -> x;
      case DIV -> right ? x.positive() : x;
      case MAX, MIN, GREATER_EQUAL, EQUAL -> x.coarse();
    };
  }

  /** The second operand has size 1 along the axes whose bit is set, or lacks leading axes. */
  @Property(tries = 100)
  void binaryBroadcasts(
      @ForAll("shapes") int[] dims,
      @ForAll byte ones,
      @ForAll boolean drop,
      @ForAll boolean swap,
      @ForAll long seed) {
    int[] small =
        IntStream.range(0, dims.length).map(i -> (ones >> i & 1) == 1 ? 1 : dims[i]).toArray();
    int[] other = drop && small.length > 0 ? tail(small) : small;
    Operand a = Operand.normal(seed, dims);
    Operand b = Operand.normal(seed + 1, other);
    check((o, s, t) -> swap ? o.sub(t, s) : o.sub(s, t), a, b);
  }

  private static int[] tail(int... dims) {
    return IntStream.range(1, dims.length).map(i -> dims[i]).toArray();
  }

  @Example
  void binaryOfManyElements() {
    for (BinaryOp op : BinaryOp.values()) {
      Operand a = domain(op, Operand.normal(1, 3, 23_001), false);
      check((o, s, t) -> o.binary(op, s, t), a, domain(op, Operand.normal(2, 3, 23_001), true));
      check((o, s, t) -> o.binary(op, s, t), a, domain(op, Operand.normal(3, 3, 1), true));
      check((o, s, t) -> o.binary(op, s, t), a, domain(op, Operand.normal(4, 23_001), true));
    }
  }

  @Example
  void binaryOfSpecialValues() {
    int n = SPECIAL.length;
    Operand a = Operand.of(SPECIAL, n, 1).map(v -> v);
    Operand b = Operand.of(SPECIAL, 1, n).map(v -> v);
    for (BinaryOp op : BinaryOp.values()) {
      check((o, s, t) -> o.binary(op, s, t), a, b);
    }
  }

  @Example
  void binaryOfKnownValues() {
    assertBinary(BinaryOp.ADD, 3, 4, 7);
    assertBinary(BinaryOp.SUB, 3, 4, -1);
    assertBinary(BinaryOp.MUL, 3, 4, 12);
    assertBinary(BinaryOp.DIV, 3, 4, 0.75);
    assertBinary(BinaryOp.MAX, 3, 4, 4);
    assertBinary(BinaryOp.MIN, 3, 4, 3);
    assertBinary(BinaryOp.GREATER_EQUAL, 3, 4, 0);
    assertBinary(BinaryOp.GREATER_EQUAL, 4, 3, 1);
    assertBinary(BinaryOp.GREATER_EQUAL, 4, 4, 1);
    assertBinary(BinaryOp.EQUAL, 4, 4, 1);
    assertBinary(BinaryOp.EQUAL, 4, 3, 0);
  }

  private void assertBinary(BinaryOp op, double a, double b, double expected) {
    assertNear(
        expected,
        (o, in) -> List.of(o.binary(op, in.get(0), in.get(1))),
        Operand.of(new double[] {a}),
        Operand.of(new double[] {b}));
  }

  @Property(tries = 60)
  void affine(@ForAll("shapes") int[] dims, @ForAll View view, @ForAll long seed) {
    check((o, x) -> o.affine(x, -1.7, 0.3), Operand.normal(view, seed, dims));
  }

  @Property(tries = 40)
  void fill(@ForAll("shapes") int[] dims) {
    checkAll(
        (o, in) -> List.of(o.full(in.get(0).dtype(), Shape.of(dims), 0.1)), Operand.normal(1, 1));
  }

  /** The exact bits of the host's generator, in any shape and beyond one task of a kernel. */
  @Property(tries = 40)
  void uniform(@ForAll("shapes") int[] dims, @ForAll long seed, @ForAll long stream) {
    checkUniform(new Philox(seed, stream), dims);
  }

  @Example
  void uniformOfManyElements() {
    checkUniform(Philox.of(1).stream("many"), 3, 23_337);
  }

  private void checkUniform(Philox draws, int... dims) {
    double[] expected = new double[Math.toIntExact(Shape.of(dims).size())];
    Arrays.setAll(expected, draws::uniform);
    for (int threads : new int[] {1, 2}) {
      Result drawn =
          run(threads, true, DType.F32, (o, _) -> List.of(o.uniform(draws, dims))).getFirst();
      assertEquals(DType.F32, drawn.dtype());
      assertEquals(Shape.of(dims), drawn.shape());
      assertArrayEquals(expected, drawn.values());
    }
  }

  /** Reduces the axes whose bit is set. */
  @Property(tries = 150)
  void reductions(
      @ForAll("shapes") int[] dims,
      @ForAll View view,
      @ForAll byte folded,
      @ForAll boolean keep,
      @ForAll long seed) {
    int[] axes = IntStream.range(0, dims.length).filter(i -> (folded >> i & 1) == 1).toArray();
    Operand x = Operand.normal(view, seed, dims);
    checkAll((o, in) -> both(o, in.get(0), keep, axes), x);
  }

  private static List<Tensor> both(Eager o, Tensor x, boolean keep, int... axes) {
    return List.of(o.sum(x, keep, axes), o.max(x, keep, axes));
  }

  @Example
  void reductionsOfManyElements() {
    Operand x = Operand.normal(5, 40, 1_777);
    Operand columns = Operand.normal(View.TRANSPOSED, 6, 1_777, 40);
    for (int[] axes : new int[][] {{}, {0}, {1}}) {
      checkAll((o, in) -> both(o, in.get(0), false, axes), x);
      checkAll((o, in) -> both(o, in.get(0), false, axes), columns);
    }
  }

  @Example
  void reductionsOfKnownValues() {
    Operand x = Operand.of(new double[] {1, 2, 3, 4, 5, -6}, 2, 3);
    assertNear(new double[] {6, 3}, (o, in) -> List.of(o.sum(in.get(0), false, 1)), x);
    assertNear(new double[] {5, 7, -3}, (o, in) -> List.of(o.sum(in.get(0), false, 0)), x);
    assertNear(new double[] {4, 5, 3}, (o, in) -> List.of(o.max(in.get(0), false, 0)), x);
    assertNear(1.5, (o, in) -> List.of(o.mean(in.get(0), false)), x);
    Operand none = Operand.of(new double[0], 2, 0);
    double low = Double.NEGATIVE_INFINITY;
    assertNear(new double[] {0, 0}, (o, in) -> List.of(o.sum(in.get(0), false, 1)), none);
    assertNear(new double[] {low, low}, (o, in) -> List.of(o.max(in.get(0), false, 1)), none);
  }

  @Property(tries = 40)
  void reductionsPassOnInfinityAndNan(@ForAll long seed) {
    double[] strange = {INFINITY, -INFINITY, Double.NaN};
    for (double value : strange) {
      Operand x = Operand.normal(seed, 5, 37);
      x.base()[(int) Math.floorMod(seed, 5 * 37L)] = value;
      checkAll((o, in) -> both(o, in.get(0), false, 1), x);
      checkAll((o, in) -> both(o, in.get(0), false, 0), x);
      checkAll((o, in) -> both(o, in.get(0), false), x);
    }
  }

  private void assertNear(double expected, Computation computation, Operand... operands) {
    assertNear(new double[] {expected}, computation, operands);
  }

  private void assertNear(double[] expected, Computation computation, Operand... operands) {
    for (DType precision : PRECISIONS) {
      Result result = run(1, true, precision, computation, operands).getFirst();
      double delta = precision == DType.F32 ? 0x1p-20 : 0x1p-49;
      assertArrayEquals(expected, result.values(), delta, precision::toString);
    }
  }
}

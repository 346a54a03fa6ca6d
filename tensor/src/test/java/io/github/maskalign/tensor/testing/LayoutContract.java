package io.github.maskalign.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BFloat16;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Copies, conversions, joins and gathers: no element changes its value or its place. */
public abstract class LayoutContract extends BackendContract {

  @Property(tries = 100)
  void copies(@ForAll("shapes") int[] dims, @ForAll View view, @ForAll long seed) {
    check((o, x) -> o.copy(x), Operand.normal(view, seed, dims));
  }

  /** Values are read in row-major order, whatever the layout. */
  @Property(tries = 100)
  void readsViews(@ForAll("shapes") int[] dims, @ForAll View view, @ForAll long seed) {
    check((o, x) -> x, Operand.normal(view, seed, dims));
  }

  @Property(tries = 60)
  void reshapesViews(@ForAll("shapes") int[] dims, @ForAll View view, @ForAll long seed) {
    int size = Math.toIntExact(Shape.of(dims).size());
    check((o, x) -> o.reshape(x, 1, size, 1), Operand.normal(view, seed, dims));
  }

  /** The result of a primitive may be a view: the elements around it stay as they are. */
  @Property(tries = 60)
  void writesIntoViews(@ForAll("shapes") int[] dims, @ForAll View view, @ForAll long seed) {
    if (view == View.BROADCAST_FIRST || view == View.BROADCAST_LAST) {
      return;
    }
    Operand target = Operand.normal(view, seed, dims);
    Operand whole = Operand.of(target.base(), view.baseDims(dims));
    checkAll(
        (o, in) -> {
          Tensor window = view.of(o, in.get(0), dims);
          o.scope().backend().copy(in.get(1), window);
          return List.of(in.get(0), window);
        },
        whole,
        Operand.normal(seed + 1, dims));
  }

  @Property(tries = 60)
  void concat(
      @ForAll("rows") int[] dims,
      @ForAll @IntRange(min = 1, max = 4) int count,
      @ForAll @IntRange(max = 2) int axisSeed,
      @ForAll View view,
      @ForAll long seed) {
    int axis = axisSeed % dims.length;
    Operand[] parts = new Operand[count];
    for (int i = 0; i < count; i++) {
      int[] part = Shape.of(dims).with(axis, (dims[axis] + i) % 5).dims();
      parts[i] = Operand.normal(view, seed + i, part);
    }
    checkAll((o, in) -> List.of(o.concat(in, axis), o.concat(in, axis - dims.length)), parts);
  }

  @Property(tries = 80)
  void gatherAndScatter(
      @ForAll @IntRange(max = 3) int images,
      @ForAll @IntRange(min = 1, max = 9) int tokens,
      @ForAll @IntRange(max = 12) int kept,
      @ForAll("rows") int[] width,
      @ForAll View viewOfX,
      @ForAll View viewOfIds,
      @ForAll boolean wide,
      @ForAll long seed) {
    Operand x = Operand.normal(viewOfX, seed, images, tokens, width[0]);
    DType type = wide ? DType.I64 : DType.I32;
    Operand ids = Operand.ids(type, viewOfIds, seed, tokens, images, kept);
    check((o, t, i) -> o.gatherTokens(t, i), x, ids);
    Operand g = Operand.normal(viewOfX, seed + 1, images, kept, width[0]);
    check((o, t, i) -> o.scatterTokens(t, i, tokens), g, ids);
  }

  @Example
  void largeGather() {
    Operand ids = Operand.ids(DType.I32, View.CONTIGUOUS, 1, 197, 4, 98);
    check((o, t, i) -> o.gatherTokens(t, i), Operand.normal(2, 4, 197, 96), ids);
    check((o, t, i) -> o.scatterTokens(t, i, 197), Operand.normal(3, 4, 98, 96), ids);
  }

  @Property(tries = 60)
  void embedding(
      @ForAll("shapes") int[] dims,
      @ForAll @IntRange(min = 1, max = 6) int rows,
      @ForAll @IntRange(max = 19) int width,
      @ForAll View viewOfTable,
      @ForAll View viewOfIds,
      @ForAll boolean wide,
      @ForAll long seed) {
    DType type = wide ? DType.I64 : DType.I32;
    Operand ids = Operand.ids(type, viewOfIds, seed, rows, dims);
    Operand table = Operand.normal(viewOfTable, seed, rows, width);
    check((o, t, i) -> o.embedding(t, i), table, ids);
    Operand g = Operand.normal(viewOfTable, seed, Shape.of(dims).append(width).dims());
    check((o, t, i) -> o.embeddingGrad(t, i, rows), g, ids);
  }

  /** Texts of a few distinct tokens: many rows of the gradient add up in one of the table. */
  @Example
  void embeddingOfManyEqualIds() {
    Operand ids = Operand.ids(DType.I32, View.CONTIGUOUS, 1, 5, 40, 77);
    check((o, t, i) -> o.embedding(t, i), Operand.normal(2, 301, 96), ids);
    check((o, t, i) -> o.embeddingGrad(t, i, 301), Operand.normal(3, 40, 77, 96), ids);
    Operand few = Operand.ids(DType.I32, View.CONTIGUOUS, 4, 3, 70_001);
    check((o, t, i) -> o.embeddingGrad(t, i, 4), Operand.normal(5, 70_001, 1), few);
  }

  /** Long lists of ids, and so many rows that a device may share the list between rows. */
  @Example
  void embeddingOfALargeTable() {
    Operand ids = Operand.ids(DType.I64, View.CONTIGUOUS, 1, 40_001, 1_500);
    check((o, t, i) -> o.embeddingGrad(t, i, 40_001), Operand.normal(2, 1_500, 3), ids);
    Operand images = Operand.ids(DType.I32, View.CONTIGUOUS, 3, 2_003, 2, 1_200);
    check((o, t, i) -> o.scatterTokens(t, i, 2_003), Operand.normal(4, 2, 1_200, 2), images);
  }

  @Example
  void idsOutsideAreRefused() {
    for (int id : new int[] {-1, 3, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      Operand x = Operand.normal(1, 1, 3, 2);
      Operand ids = new Operand(new int[] {1, 1}, View.CONTIGUOUS, new double[] {id}, DType.I32);
      Computation gather = (o, in) -> List.of(o.gatherTokens(in.get(0), in.get(1)));
      ShapeException refused =
          assertThrows(ShapeException.class, () -> run(1, true, DType.F32, gather, x, ids));
      assertTrue(refused.getMessage().contains(Integer.toString(id)), refused.getMessage());
      Operand table = Operand.normal(1, 3, 2);
      Computation embedding = (o, in) -> List.of(o.embedding(in.get(0), in.get(1)));
      refused =
          assertThrows(ShapeException.class, () -> run(1, true, DType.F32, embedding, table, ids));
      assertEquals("token id " + id + " is not inside [0, 3)", refused.getMessage());
    }
  }

  // ---- conversions ----

  /** Numbers that each pair of types has in common or rounds; all inside the range of all types. */
  private static final double[] CONVERTED = {0, 1, 2, 3, 127, 128, 200, 255, 5.5, 99.99, 1.0 / 3};

  @Property(tries = 100)
  void casts(
      @ForAll DType from, @ForAll DType to, @ForAll("shapes") int[] dims, @ForAll View view) {
    Operand x = Operand.normal(view, 1, dims);
    for (int i = 0; i < x.base().length; i++) {
      x.base()[i] = CONVERTED[i % CONVERTED.length];
    }
    double[] expected =
        readBase(x).stream().mapToDouble(v -> convert(convert(v, from), to)).toArray();
    Computation cast =
        (o, in) -> {
          Tensor source = o.cast(in.get(0), from);
          Tensor strided = x.view().of(o, o.cast(baseOf(o, x), from), dims);
          return List.of(o.cast(source, to), o.cast(strided, to));
        };
    for (Result result : run(1, true, DType.F64, cast, x)) {
      assertEquals(to, result.dtype());
      assertArrayEquals(expected, result.values(), from + " to " + to);
    }
  }

  private static Tensor baseOf(Eager o, Operand x) {
    return o.of(x.base(), x.view().baseDims(x.dims()));
  }

  /** The elements of an operand row-major, worked out by the oracle. */
  private static List<Double> readBase(Operand x) {
    try (var scope = Scope.root(new Oracle(DType.F64), "oracle")) {
      Tensor t = x.on((Eager) scope.ops(), DType.F64);
      return new ArrayList<>(Arrays.stream(Oracle.read(t).value()).boxed().toList());
    }
  }

  private static double convert(double v, DType to) {
    return switch (to) {
      case F64 -> v;
      case F32 -> (float) v;
      case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) v));
      case BF16 -> BFloat16.toFloat(BFloat16.fromFloat((float) v));
      case I64, I32, U8 -> (long) v;
    };
  }

  @Example
  void castsKeepSpecialValues() {
    double[] values = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e30, -2};
    double[] half = values.clone();
    half[3] = Double.POSITIVE_INFINITY;
    Operand x = Operand.of(values, values.length);
    for (DType type : List.of(DType.F32, DType.F16, DType.BF16)) {
      Computation there = (o, in) -> List.of(o.cast(o.cast(in.get(0), type), DType.F64));
      double[] expected =
          type == DType.F16 ? half : Arrays.stream(values).map(v -> convert(v, type)).toArray();
      double[] actual = run(1, true, DType.F64, there, x).getFirst().values();
      assertArrayEquals(expected, actual, type.toString());
    }
  }

  @Example
  void longsKeepAllDigits() {
    long big = (1L << 53) + 1;
    Computation longs =
        (o, in) -> {
          var values = MemorySegment.ofArray(new long[] {big, -big});
          Tensor x = o.of(DType.I64, values, Shape.of(2));
          assertArrayEquals(new long[] {big, -big}, x.toLongs());
          assertArrayEquals(new long[] {big, -big}, o.copy(x).toLongs());
          return in;
        };
    run(1, true, DType.F64, longs, Operand.normal(1, 1));
  }
}

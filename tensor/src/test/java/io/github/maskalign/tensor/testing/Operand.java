package io.github.maskalign.tensor.testing;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/**
 * An input that can be put on any backend. The values are exact floats, so that every precision
 * sees the same numbers.
 *
 * @param dims shape of the tensor
 * @param view layout in memory
 * @param base values of the tensor that is viewed
 * @param index I32 or I64 for indices, F32 if the type is that of the computation
 */
public record Operand(int[] dims, View view, double[] base, DType index) {

  /** Normal random numbers. */
  public static Operand normal(View view, long seed, int... dims) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] base = new double[size(view.baseDims(dims))];
    Arrays.setAll(base, i -> (float) random.nextGaussian());
    return new Operand(dims, view, base, DType.F32);
  }

  /** Normal random numbers, row-major. */
  public static Operand normal(long seed, int... dims) {
    return normal(View.CONTIGUOUS, seed, dims);
  }

  /** Given values, row-major. */
  public static Operand of(double[] values, int... dims) {
    return new Operand(dims, View.CONTIGUOUS, values, DType.F32);
  }

  /** Random indices {@code 0 <= i < limit}. */
  public static Operand ids(DType type, View view, long seed, int limit, int... dims) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] base = new double[size(view.baseDims(dims))];
    Arrays.setAll(base, i -> random.nextInt(limit));
    return new Operand(dims, view, base, type);
  }

  /** Every value changed and rounded to a float. */
  public Operand map(DoubleUnaryOperator f) {
    double[] mapped = Arrays.stream(base).map(v -> (float) f.applyAsDouble(v)).toArray();
    return new Operand(dims, view, mapped, index);
  }

  /** Maps every value to a positive one that is not small. */
  public Operand positive() {
    return map(v -> Math.abs(v) + 0.125);
  }

  /** Every value rounded to a quarter, so that some are equal and some are zero. */
  public Operand coarse() {
    return map(v -> Math.rint(4 * v) / 4);
  }

  /** Creates the tensor on a backend, of type {@code dtype} unless it is an index. */
  public Tensor on(Eager ops, DType dtype) {
    return view.of(ops, baseOn(ops, dtype), dims);
  }

  private Tensor baseOn(Eager ops, DType dtype) {
    int[] baseDims = view.baseDims(dims);
    return switch (index.isIndex() ? index : dtype) {
      case I64 -> {
        long[] values = Arrays.stream(base).mapToLong(v -> (long) v).toArray();
        yield ops.of(DType.I64, MemorySegment.ofArray(values), Shape.of(baseDims));
      }
      case I32 -> ops.of(Arrays.stream(base).mapToInt(v -> (int) v).toArray(), baseDims);
      case F64 -> ops.of(base, baseDims);
      case F32 -> ops.of(floats(base), baseDims);
      case F16, BF16, U8 -> ops.cast(ops.of(base, baseDims), dtype);
    };
  }

  private static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static int size(int... dims) {
    return Math.toIntExact(Shape.of(dims).size());
  }

  @Override
  public String toString() {
    return view + Arrays.toString(dims);
  }
}

package io.github.maskalign.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.maskalign.cpu.VectorKernels;
import io.github.maskalign.cpu.plain.PlainKernels;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

/** Off-heap inputs and outputs for kernel tests, with guards around every output. */
public final class KernelData {
  /** Sizes around every lane count, plus some that span several chunks. */
  static final int[] SIZES = {0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 67, 257, 1031, 40_009};

  private static final float GUARD = -12345.5f;
  private static final int MARGIN = 3;

  private KernelData() {}

  /** A block whose data starts at element {@link #offset()}, which no vector is aligned to. */
  record Block(MemorySegment segment, int size) {
    int offset() {
      return MARGIN;
    }

    float get(long i) {
      return segment.getAtIndex(ValueLayout.JAVA_FLOAT, MARGIN + i);
    }

    void set(long i, float value) {
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, MARGIN + i, value);
    }

    Operand operand() {
      return operand(0);
    }

    /** The elements from an index on. */
    Operand operand(long from) {
      return new Operand(segment, MARGIN + from);
    }

    float[] toArray() {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = get(i);
      }
      return values;
    }

    /** Compares element i with expected(i), within bound(expected). */
    void expect(IntToDoubleFunction expected, DoubleUnaryOperator bound) {
      for (int i = 0; i < size; i++) {
        double want = expected.applyAsDouble(i);
        if (Double.isNaN(want) || Double.isInfinite(want)) {
          assertEquals((float) want, get(i), "element " + i);
        } else if (!(Math.abs(get(i) - want) <= bound.applyAsDouble(want))) {
          fail("element " + i + " of " + size + ": " + get(i) + ", expected " + want);
        }
      }
      expectGuards();
    }

    void expectGuards() {
      for (int i = 0; i < MARGIN; i++) {
        assertEquals(GUARD, segment.getAtIndex(ValueLayout.JAVA_FLOAT, i), "written before");
        long after = MARGIN + (long) size + i;
        assertEquals(GUARD, segment.getAtIndex(ValueLayout.JAVA_FLOAT, after), "written after");
      }
    }
  }

  /** The kernels under test: a separate test run sets the property to {@code plain}. */
  public static Kernels kernels(Workers workers) {
    boolean plain = System.getProperty("maskalign.test.kernels", "vector").equals("plain");
    return plain
        ? PlainKernels.create(workers, new Scratch())
        : VectorKernels.create(workers, new Scratch());
  }

  static Block block(int size) {
    MemorySegment s = Arena.ofAuto().allocate(4L * (size + 2 * MARGIN), 64);
    for (int i = 0; i < size + 2 * MARGIN; i++) {
      s.setAtIndex(ValueLayout.JAVA_FLOAT, i, GUARD);
    }
    return new Block(s, size);
  }

  static Block of(float... values) {
    Block b = block(values.length);
    for (int i = 0; i < values.length; i++) {
      b.segment().setAtIndex(ValueLayout.JAVA_FLOAT, MARGIN + i, values[i]);
    }
    return b;
  }

  static Block normal(int size, long seed) {
    return normal(size, seed, 1);
  }

  static Block normal(int size, long seed, double deviation) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return of(values);
  }

  /** Runs the kernel with 1 and with 2 threads into fresh outputs; the bits must agree. */
  static void onOneAndTwoThreads(
      int outputSize, Block output, java.util.function.BiConsumer<Workers, Block> kernel) {
    Block second = block(outputSize);
    with(1, w -> kernel.accept(w, output));
    with(2, w -> kernel.accept(w, second));
    assertArrayEquals(output.toArray(), second.toArray(), "1 and 2 threads differ");
  }

  /** Output of one thread, after checking that two threads give the same bits. */
  static Block run(int outputSize, java.util.function.BiConsumer<Workers, Block> kernel) {
    Block output = block(outputSize);
    onOneAndTwoThreads(outputSize, output, kernel);
    return output;
  }

  static void with(int threads, Consumer<Workers> body) {
    try (Workers workers = new Workers(threads)) {
      body.accept(workers);
    }
  }

  /** Absolute plus relative bound, in units of the f32 rounding error. */
  static DoubleUnaryOperator ulps(double relative, double absolute) {
    return want -> 0x1p-24 * (relative * Math.abs(want) + absolute);
  }

  /** erf x = 2/sqrt(pi) e^(-x^2) sum over n of 2^n x^(2n+1) / (2n+1)!!: no cancellation. */
  public static double erf(double x) {
    double term = x;
    double sum = 0;
    for (int n = 0; n < 400 && Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 3);
    }
    return Math.abs(x) > 6 ? Math.signum(x) : 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}

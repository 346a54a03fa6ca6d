package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.tensor.BFloat16;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Which factors of products are rounded, and the error bounds of the results. */
class PrecisionTest {

  private static final double UNIT_F32 = 0x1p-24;

  /** Layouts of a batch of matrices. */
  enum Arrangement {
    ROWS,
    COLUMNS,
    /** Neither rows nor columns are contiguous. */
    SCATTERED,
    /** One matrix for the whole batch. */
    REPEATED
  }

  private static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Tensor matrices(Ops ops, Arrangement layout, long seed, int batch, int m, int n) {
    float[] values = random(batch * m * n, seed);
    return switch (layout) {
      case ROWS -> ops.of(values, batch, m, n);
      case COLUMNS -> ops.permute(ops.of(values, batch, n, m), 0, 2, 1);
      case SCATTERED -> ops.permute(ops.of(values, n, m, batch), 2, 1, 0);
      case REPEATED -> ops.broadcast(ops.of(random(m * n, seed), 1, m, n), Shape.of(batch, m, n));
    };
  }

  private static double rounded(Precision precision, double x) {
    return precision == Precision.BF16 ? BFloat16.toFloat(BFloat16.fromFloat((float) x)) : x;
  }

  /** The emulated device does not round to TF32; real devices may choose how to round. */
  private static double unitOfFactors(Precision precision) {
    return precision == Precision.TF32 && Emulator.isReal() ? 0x1p-9 : 0;
  }

  /**
   * Results differ from the exact product of the rounded factors, and from the CPU's, only by the
   * rounding of F32 sums.
   */
  @Property(tries = 120)
  void productsRoundTheirFactorsAndSumInF32(
      @ForAll Precision precision,
      @ForAll Arrangement layoutOfA,
      @ForAll Arrangement layoutOfB,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(min = 1, max = 19) int m,
      @ForAll @IntRange(min = 1, max = 67) int k,
      @ForAll @IntRange(min = 1, max = 19) int n,
      @ForAll boolean reverse,
      @ForAll long seed) {
    try (Backend backend = SharedDevice.open(precision, reverse);
        Scope scope = Scope.root(backend, "test")) {
      Ops ops = scope.ops();
      Tensor a = matrices(ops, layoutOfA, seed, batch, m, k);
      Tensor b = matrices(ops, layoutOfB, seed + 1, batch, k, n);
      double[] left = a.toDoubles();
      double[] right = b.toDoubles();
      double[] actual = ops.matmul(a, b).toDoubles();
      double[] peer =
          cpuProduct(rounded(precision, left), rounded(precision, right), batch, m, k, n);
      for (int i = 0; i < actual.length; i++) {
        int row = i / n * k;
        int column = i / (m * n) * k * n + i % n;
        double sum = 0;
        double size = 0;
        for (int p = 0; p < k; p++) {
          double term =
              rounded(precision, left[row + p]) * rounded(precision, right[column + p * n]);
          sum += term;
          size += Math.abs(term);
        }
        double unit = (k + 1) * UNIT_F32 + unitOfFactors(precision);
        double bound = unit * size + Float.MIN_NORMAL;
        assertEquals(sum, actual[i], bound);
        assertEquals(peer[i], actual[i], bound, "the CPU's");
      }
    }
  }

  private static float[] rounded(Precision precision, double... factors) {
    float[] values = new float[factors.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rounded(precision, factors[i]);
    }
    return values;
  }

  private static double[] cpuProduct(float[] a, float[] b, int batch, int m, int k, int n) {
    try (Backend cpu = Gpus.openCpu();
        Scope scope = Scope.root(cpu, "test")) {
      Ops ops = scope.ops();
      return ops.matmul(ops.of(a, batch, m, k), ops.of(b, batch, k, n)).toDoubles();
    }
  }

  /** A bias is not rounded, and neither is an F64 product. */
  @Example
  void onlyFactorsOfF32AreRounded() {
    float third = 1 / 3f;
    try (Backend backend = SharedDevice.open(Precision.BF16, false);
        Scope scope = Scope.root(backend, "test")) {
      Ops ops = scope.ops();
      Tensor zero = ops.of(new float[] {0}, 1, 1);
      Tensor bias = ops.of(new float[] {third}, 1);
      assertArrayEquals(new float[] {third}, ops.linear(zero, zero, bias).toFloats());
      Tensor wide = ops.of(new double[] {1.0 / 3}, 1, 1);
      assertArrayEquals(new double[] {1.0 / 3 * (1.0 / 3)}, ops.matmul(wide, wide).toDoubles());
      Tensor narrow = ops.of(new float[] {third}, 1, 1);
      double square = Math.pow(rounded(Precision.BF16, third), 2);
      assertArrayEquals(new float[] {(float) square}, ops.matmul(narrow, narrow).toFloats());
      assertArrayEquals(new float[] {third * third}, ops.mul(narrow, narrow).toFloats());
    }
  }

  /** Attention in BF16 is close to attention in F32, but not equal. */
  @Property(tries = 12)
  void attentionOfRoundedFactors(
      @ForAll @IntRange(min = 1, max = 2) int images,
      @ForAll @IntRange(min = 17, max = 53) int tokens,
      @ForAll @IntRange(min = 1, max = 3) int heads,
      @ForAll long seed) {
    int head = 16;
    float[] qkv = random(images * tokens * 3 * heads * head, seed);
    float[] exact = attention(Precision.F32, qkv, images, tokens, heads, head);
    float[] coarse = attention(Precision.BF16, qkv, images, tokens, heads, head);
    double worst = 0;
    for (int i = 0; i < exact.length; i++) {
      worst = Math.max(worst, Math.abs(exact[i] - coarse[i]));
    }
    // Scores of at most about 4, with relative errors of 2^-8, change probabilities by as much.
    assertTrue(worst < 0.1, "error " + worst);
    assertTrue(worst > 1e-5, "nothing was rounded: error " + worst);
  }

  private static float[] attention(
      Precision precision, float[] qkv, int images, int tokens, int heads, int head) {
    try (Backend backend = SharedDevice.open(precision, false);
        Scope scope = Scope.root(backend, "test")) {
      Tensor x = scope.ops().of(qkv, images, tokens, 3 * heads * head);
      return scope.ops().attention(x, heads, 1 / Math.sqrt(head)).toFloats();
    }
  }
}

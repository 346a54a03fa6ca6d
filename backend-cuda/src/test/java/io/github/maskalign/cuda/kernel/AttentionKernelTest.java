package io.github.maskalign.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.CudaBackend;
import io.github.maskalign.cuda.Gpus;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Attention on tensor cores against {@link RoundedAttention}, and what the contract suite has no
 * sizes for. That suite examines attention in F32.
 */
@OnEmulator
class AttentionKernelTest {

  /** Twice the unit roundoff of BF16, for weights that are rounded at another scale. */
  private static final double HALF = 0x1p-8;

  /** What sums of this length may lose in F32. */
  private static final double SINGLE = 0x1p-15;

  private record Case(int images, int tokens, int heads, int size, double scale) {

    float[] qkv() {
      return KernelData.normal(1, images * tokens * 3 * heads * size);
    }

    float[] slopes() {
      return KernelData.normal(2, images * tokens * heads * size);
    }
  }

  private record Results(float[] y, float[] slopes, float[] probabilities) {}

  private static Results run(Case c, boolean bf16) {
    Gpu gpu = Gpus.openExact();
    try (CudaBackend backend = new CudaBackend(gpu, Precision.F32);
        Scope scope = Scope.root(backend, "test")) {
      AttentionKernel attention = new AttentionKernel(gpu);
      Eager ops = (Eager) scope.ops();
      Tensor qkv = ops.of(c.qkv(), c.images, c.tokens, 3 * c.heads * c.size);
      Tensor g = ops.of(c.slopes(), c.images, c.tokens, c.heads * c.size);
      assertTrue(AttentionKernel.supports(qkv, c.heads));
      return new Results(
          attention.forward(ops, qkv, c.heads, c.scale, bf16).toFloats(),
          attention.backward(ops, qkv, c.heads, c.scale, g, bf16).toFloats(),
          attention.probabilities(ops, qkv, c.heads, c.scale, 0, c.tokens, bf16).toFloats());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, 1",
    "2, 2, 3, 8, 0.5",
    "1, 17, 2, 3, -0.5",
    "2, 33, 1, 33, 0.2",
    "1, 50, 3, 64, 0.125",
    "1, 97, 1, 20, 0.3",
    "1, 197, 2, 64, 0.125",
    "1, 149, 1, 128, 0.09",
    "1, 330, 1, 32, 0.2",
  })
  void tensorCoresRoundOperandsAndNothingElse(
      int images, int tokens, int heads, int size, double scale) {
    Case c = new Case(images, tokens, heads, size, scale);
    Results forward = run(c, true);
    Emulator.start().set("reverse", 1);
    Results reverse = run(c, true);
    assertArrayEquals(forward.y, reverse.y);
    assertArrayEquals(forward.slopes, reverse.slopes);
    assertArrayEquals(forward.probabilities, reverse.probabilities);
    RoundedAttention exact =
        RoundedAttention.of(c.qkv(), c.slopes(), images, tokens, heads, size, scale);
    assertNear("y", exact.y(), exact.sizeOfY(), forward.y);
    assertNear("slopes", exact.slopes(), exact.sizeOfSlopes(), forward.slopes);
    for (int i = 0; i < forward.probabilities.length; i++) {
      double p = exact.probabilities()[i];
      assertEquals(p, forward.probabilities[i], SINGLE * p + 1e-30, "probability " + i);
    }
  }

  private static void assertNear(String what, double[] expected, double[] size, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], (HALF + SINGLE) * size[i] + 1e-30, what + " " + i);
    }
  }

  @Test
  void plainMultiplyAddsAgreeWithManyTokens() {
    Case c = new Case(1, 330, 1, 96, 0.1);
    Results actual = run(c, false);
    RoundedAttention exact =
        RoundedAttention.exact(c.qkv(), c.slopes(), 1, c.tokens, 1, c.size, c.scale);
    for (int i = 0; i < actual.y.length; i++) {
      assertEquals(exact.y()[i], actual.y[i], SINGLE * exact.sizeOfY()[i]);
    }
    for (int i = 0; i < actual.slopes.length; i++) {
      assertEquals(exact.slopes()[i], actual.slopes[i], SINGLE * exact.sizeOfSlopes()[i]);
    }
  }

  @Test
  void otherTypesAndWiderHeadsAreLeftToThePrimitives() {
    try (CudaBackend backend = Gpus.exactBackend();
        Scope scope = Scope.root(backend, "test")) {
      Eager ops = (Eager) scope.ops();
      assertTrue(AttentionKernel.supports(ops.of(new float[6 * 128], 1, 1, 6 * 128), 2));
      assertFalse(AttentionKernel.supports(ops.of(new float[6 * 129], 1, 1, 6 * 129), 2));
      assertFalse(AttentionKernel.supports(ops.of(new double[6], 1, 1, 6), 2));
    }
  }
}

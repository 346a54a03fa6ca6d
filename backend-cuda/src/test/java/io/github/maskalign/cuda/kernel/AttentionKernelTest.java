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
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attention on tensor cores compared with {@link RoundedAttention}, and sizes that the contract
 * suite does not cover. That suite tests attention in F32.
 */
@OnEmulator
class AttentionKernelTest {

  /** Twice the unit roundoff of BF16: weights are rounded at another scale. */
  private static final double BF16_ERROR = 0x1p-8;

  /** The rounding error of F32 sums of this length. */
  private static final double F32_ERROR = 0x1p-15;

  private enum Masking {
    NONE,
    CAUSAL,
    KEYS,
    CAUSAL_KEYS;

    boolean causal() {
      return this == CAUSAL || this == CAUSAL_KEYS;
    }

    boolean hidesKeys() {
      return this == KEYS || this == CAUSAL_KEYS;
    }
  }

  private record Case(int images, int tokens, int heads, int size, double scale, Masking masking) {

    AttentionMask mask(Eager ops) {
      int[] keys = new int[images * tokens];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = isKey(i / tokens, i % tokens) ? 1 : 0;
      }
      return new AttentionMask(
          masking.causal(),
          masking.hidesKeys() ? ops.cast(ops.of(keys, images, tokens), DType.U8) : null);
    }

    /** Padding at the end of the first image, in places of the second, all of the third. */
    private boolean isKey(int image, int key) {
      return switch (image) {
        case 0 -> key <= tokens / 2;
        case 1 -> key >= tokens / 3 && key % 5 != 2;
        default -> false;
      };
    }

    boolean attends(int image, int query, int key) {
      return (!masking.causal() || key <= query) && (!masking.hidesKeys() || isKey(image, key));
    }

    RoundedAttention rounded() {
      return RoundedAttention.of(
          qkv(), gradients(), images, tokens, heads, size, scale, this::attends);
    }

    RoundedAttention exact() {
      return RoundedAttention.exact(
          qkv(), gradients(), images, tokens, heads, size, scale, this::attends);
    }

    float[] qkv() {
      return KernelData.normal(1, images * tokens * 3 * heads * size);
    }

    float[] gradients() {
      return KernelData.normal(2, images * tokens * heads * size);
    }
  }

  private record Results(float[] y, float[] gradients, float[] probabilities) {}

  private static Results run(Case c, boolean bf16) {
    Gpu gpu = Gpus.openExact();
    try (CudaBackend backend = new CudaBackend(gpu, Precision.F32);
        Scope scope = Scope.root(backend, "test")) {
      AttentionKernel attention = new AttentionKernel(gpu);
      Eager ops = (Eager) scope.ops();
      Tensor qkv = ops.of(c.qkv(), c.images, c.tokens, 3 * c.heads * c.size);
      Tensor g = ops.of(c.gradients(), c.images, c.tokens, c.heads * c.size);
      assertTrue(AttentionKernel.supports(qkv, c.heads, c.mask(ops)));
      AttentionKernel.Input in =
          new AttentionKernel.Input(qkv, c.heads, c.scale, c.mask(ops), bf16);
      return new Results(
          attention.forward(ops, in).toFloats(),
          attention.backward(ops, in, g).toFloats(),
          attention.probabilities(ops, in, 0, c.tokens).toFloats());
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
  void tensorCoresRoundOnlyOperands(int images, int tokens, int heads, int size, double scale) {
    checkTensorCores(new Case(images, tokens, heads, size, scale, Masking.NONE));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1, 1, 8, 0.5, CAUSAL_KEYS",
    "2, 33, 1, 33, 0.2, CAUSAL",
    "2, 77, 2, 64, 0.125, CAUSAL",
    "3, 77, 1, 64, 0.125, KEYS",
    "3, 70, 1, 20, 0.3, CAUSAL_KEYS",
    "1, 330, 1, 32, 0.2, CAUSAL",
    "2, 197, 1, 128, 0.09, CAUSAL_KEYS",
  })
  void tensorCoresWithMasks(
      int images, int tokens, int heads, int size, double scale, Masking masking) {
    checkTensorCores(new Case(images, tokens, heads, size, scale, masking));
  }

  private static void checkTensorCores(Case c) {
    Results forward = run(c, true);
    Emulator.start().set("reverse", 1);
    Results reverse = run(c, true);
    assertArrayEquals(forward.y, reverse.y);
    assertArrayEquals(forward.gradients, reverse.gradients);
    assertArrayEquals(forward.probabilities, reverse.probabilities);
    RoundedAttention exact = c.rounded();
    assertNear("y", exact.y(), exact.sizeOfY(), forward.y);
    assertNear("gradients", exact.gradients(), exact.sizeOfGradients(), forward.gradients);
    for (int i = 0; i < forward.probabilities.length; i++) {
      double p = exact.probabilities()[i];
      assertEquals(p, forward.probabilities[i], F32_ERROR * p + 1e-30, "probability " + i);
    }
  }

  private static void assertNear(String what, double[] expected, double[] size, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          expected[i], actual[i], (BF16_ERROR + F32_ERROR) * size[i] + 1e-30, what + " " + i);
    }
  }

  @ParameterizedTest
  @EnumSource
  void multiplyAddsAgreeForManyTokens(Masking masking) {
    Case c = new Case(3, 330, 1, 96, 0.1, masking);
    Results actual = run(c, false);
    RoundedAttention exact = c.exact();
    for (int i = 0; i < actual.y.length; i++) {
      assertEquals(exact.y()[i], actual.y[i], F32_ERROR * exact.sizeOfY()[i]);
    }
    for (int i = 0; i < actual.gradients.length; i++) {
      assertEquals(
          exact.gradients()[i], actual.gradients[i], F32_ERROR * exact.sizeOfGradients()[i]);
    }
  }

  @Test
  void otherTypesLargerHeadsAndBiasesUseTheDefaultBody() {
    try (CudaBackend backend = Gpus.exactBackend();
        Scope scope = Scope.root(backend, "test")) {
      Eager ops = (Eager) scope.ops();
      AttentionMask none = AttentionMask.NONE;
      AttentionMask biased = AttentionMask.biased(ops.of(new float[1], 1, 1));
      Tensor large = ops.of(new float[6 * 128], 1, 1, 6 * 128);
      assertTrue(AttentionKernel.supports(large, 2, none));
      assertFalse(AttentionKernel.supports(large, 2, biased));
      assertFalse(AttentionKernel.supports(ops.of(new float[6 * 129], 1, 1, 6 * 129), 2, none));
      assertFalse(AttentionKernel.supports(ops.of(new double[6], 1, 1, 6), 2, none));
    }
  }
}

package io.github.maskalign.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares the default body of attention, with each kind of mask, with the textbook formula, and
 * its gradient with finite differences of the formula.
 */
class AttentionFormulaTest {

  private static final double EXACT = 1e-13;
  private static final double STEP = 1e-5;
  private static final double SLOPE = 1e-8;

  private static final int IMAGES = 2;
  private static final int TOKENS = 5;
  private static final int WIDTH = 6;
  private static final int HEADS = 2;
  private static final double SCALE = 0.6;

  private final Backend backend = new ReferenceBackend(HostPool.unlimited());
  private final Scope scope = Scope.root(backend, "test");
  private final Eager ops = scope.eager();

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  /** Of the second image, the first two tokens and one more are hidden: early queries see none. */
  private static final int[] KEYS = {1, 1, 0, 1, 1, 0, 0, 1, 0, 1};

  private static final float[] BIAS = {0, 1, -2, 0.5f, 0, 3, 0, 0.25f, -1, 2};

  @ParameterizedTest
  @CsvSource({
    "false, false, false",
    "true, false, false",
    "false, true, false",
    "true, true, false",
    "false, false, true",
    "true, true, true"
  })
  void attention(boolean causal, boolean keys, boolean bias) {
    Tensor u8 = ops.cast(ops.of(KEYS, IMAGES, TOKENS), DType.U8);
    AttentionMask mask =
        new AttentionMask(causal, keys ? u8 : null, bias ? ops.of(BIAS, IMAGES, TOKENS) : null);
    double[] x = Operand.normal(1, IMAGES, TOKENS, 3 * WIDTH).base();
    double[] g = Operand.normal(2, IMAGES, TOKENS, WIDTH).base();
    Tensor qkv = ops.of(x, IMAGES, TOKENS, 3 * WIDTH);
    double[] y = attention(x, mask);
    assertArrayEquals(y, ops.attention(qkv, HEADS, SCALE, mask).toDoubles(), EXACT);
    Tensor gradient = ops.attentionGrad(qkv, HEADS, SCALE, mask, ops.of(g, IMAGES, TOKENS, WIDTH));
    assertGradient(x, g, mask, gradient.toDoubles());
    assertProbabilities(x, mask, ops.attentionProbabilities(qkv, HEADS, SCALE, mask, 1, 4));
  }

  private static void assertGradient(
      double[] x, double[] g, AttentionMask mask, double[] gradient) {
    for (int i = 0; i < x.length; i++) {
      double[] moved = x.clone();
      moved[i] = x[i] + STEP;
      double above = dot(g, attention(moved, mask));
      moved[i] = x[i] - STEP;
      double slope = (above - dot(g, attention(moved, mask))) / (2 * STEP);
      assertEquals(slope, gradient[i], SLOPE * (1 + Math.abs(slope)), "element " + i);
    }
  }

  private void assertProbabilities(double[] x, AttentionMask mask, Tensor probabilities) {
    for (int i = 0; i < IMAGES; i++) {
      double[][][] p = Textbook.attentionProbabilities(image(x, i), HEADS, SCALE, counts(mask, i));
      for (int h = 0; h < HEADS; h++) {
        for (int q = 1; q < 4; q++) {
          Tensor image = ops.slice(ops.slice(probabilities, 0, i, i + 1), 1, h, h + 1);
          assertArrayEquals(p[h][q], ops.slice(image, 2, q - 1, q).toDoubles(), EXACT);
        }
      }
    }
  }

  private static Textbook.Counts counts(AttentionMask mask, int image) {
    return (query, key) -> {
      int at = image * TOKENS + key;
      boolean hidden = mask.causal() && key > query || mask.keys() != null && KEYS[at] == 0;
      return hidden ? 0 : mask.bias() == null ? 1 : Math.exp(BIAS[at]);
    };
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[][] image(double[] x, int image) {
    double[][] rows = new double[TOKENS][];
    for (int t = 0; t < TOKENS; t++) {
      int from = (image * TOKENS + t) * 3 * WIDTH;
      rows[t] = Arrays.copyOfRange(x, from, from + 3 * WIDTH);
    }
    return rows;
  }

  private static double[] attention(double[] x, AttentionMask mask) {
    double[] y = new double[IMAGES * TOKENS * WIDTH];
    for (int i = 0; i < IMAGES; i++) {
      double[][] rows = Textbook.attention(image(x, i), HEADS, SCALE, counts(mask, i));
      for (int t = 0; t < TOKENS; t++) {
        System.arraycopy(rows[t], 0, y, (i * TOKENS + t) * WIDTH, WIDTH);
      }
    }
    return y;
  }
}

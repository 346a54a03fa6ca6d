package io.github.maskalign.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients of the fused operations. */
class FusedGradientTest {

  private static final double EPS = 1e-5;

  private final GradientFixture given = new GradientFixture();

  @AfterEach
  void close() {
    given.close();
  }

  /** Contiguous, permuted, sliced and broadcast, all of shape [2, 3, width]. */
  private List<Tensor> layouts(int width) {
    Ops ops = given.ops();
    return List.of(
        given.normal(2, 3, width),
        ops.permute(given.normal(width, 2, 3), 1, 2, 0),
        ops.slice(given.normal(2, 3, width + 3), 2, 2, width + 2),
        ops.broadcast(given.normal(1, 3, width), Shape.of(2, 3, width)));
  }

  // ---- softmax ----

  @Test
  void softmax() {
    for (Tensor x : layouts(4)) {
      given.check((o, in) -> o.softmax(in.get(0)), x);
      given.check((o, in) -> o.logSoftmax(in.get(0)), x);
    }
    given.check((o, in) -> o.softmax(in.get(0)), given.normal(5));
    given.check((o, in) -> o.logSoftmax(in.get(0)), given.normal(5));
  }

  @Test
  void softmaxOfOneOrNoElementIsFlat() {
    for (int[] dims : new int[][] {{3, 1}, {0, 3}, {3, 0}}) {
      given.checkFlat((o, in) -> o.softmax(in.get(0)), given.normal(dims));
      given.checkFlat((o, in) -> o.logSoftmax(in.get(0)), given.normal(dims));
    }
  }

  // ---- layer norm ----

  @Test
  void layerNormWithScaleAndShift() {
    BiFunction<Ops, List<Tensor>, Tensor> norm =
        (o, in) -> o.layerNorm(in.get(0), in.get(1), in.get(2), EPS);
    for (Tensor x : layouts(5)) {
      given.check(norm, x, given.normal(5), given.normal(5));
    }
    Tensor both = given.normal(10);
    Tensor gamma = given.ops().slice(both, 0, 0, 5);
    Tensor beta = given.ops().slice(both, 0, 5, 10);
    given.check(norm, given.normal(5), gamma, beta);
    given.check(norm, given.normal(3, 1), given.normal(1), given.normal(1));
    given.checkFlat(norm, given.normal(0, 5), given.normal(5), given.normal(5));
  }

  @Test
  void layerNormOfEachOperandAlone() {
    Tensor x = given.normal(3, 4);
    Tensor gamma = given.normal(4);
    Tensor beta = given.normal(4);
    given.check((o, in) -> o.layerNorm(in.get(0), gamma, beta, 0.1), x);
    given.check((o, in) -> o.layerNorm(x, in.get(0), beta, 0.1), gamma);
    given.check((o, in) -> o.layerNorm(x, gamma, in.get(0), 0.1), beta);
    given.check((o, in) -> o.layerNorm(x, in.get(0), in.get(0), 0.1), gamma);
  }

  @Test
  void layerNormAlone() {
    for (Tensor x : layouts(5)) {
      given.check((o, in) -> o.layerNorm(in.get(0), null, null, EPS), x);
    }
    given.checkFlat((o, in) -> o.layerNorm(in.get(0), null, null, EPS), given.normal(3, 1));
  }

  // ---- attention ----

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 2", "3, 1", "2, 3"})
  void attention(int heads, int headWidth) {
    for (Tensor qkv : layouts(3 * heads * headWidth)) {
      given.check((o, in) -> o.attention(in.get(0), heads, 0.7), qkv);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 2", "2, 3"})
  void maskedAttention(int heads, int headWidth) {
    Tensor keys = keys(0, 1, 1, 1, 0, 1);
    for (Tensor qkv : layouts(3 * heads * headWidth)) {
      for (boolean causal : new boolean[] {true, false}) {
        AttentionMask both = new AttentionMask(causal, keys);
        given.check((o, in) -> o.attention(in.get(0), heads, 0.7, both), qkv);
      }
      given.check((o, in) -> o.attention(in.get(0), heads, 0.7, AttentionMask.CAUSAL), qkv);
      Tensor bias = given.ops().of(new float[] {0, 1, -1, 2, 0, 0.5f}, 2, 3);
      for (Tensor hidden : new Tensor[] {null, keys}) {
        AttentionMask biased = new AttentionMask(false, hidden, bias);
        given.check((o, in) -> o.attention(in.get(0), heads, 0.7, biased), qkv);
      }
    }
  }

  private Tensor keys(int... keys) {
    return given.ops().cast(given.ops().of(keys, 2, 3), DType.U8);
  }

  /** The mask is kept until the backward pass, even if it was made on the tape. */
  @Test
  void maskMadeOnTheTape() {
    given.check(
        (o, in) -> {
          Tensor keys = o.cast(o.of(new int[] {1, 0, 1, 0, 1, 1}, 2, 3), DType.U8);
          return o.attention(in.get(0), 2, 0.7, AttentionMask.of(keys));
        },
        given.normal(2, 3, 12));
  }

  @Test
  void attentionToNothingHasNoGradient() {
    AttentionMask nothing = AttentionMask.of(keys(0, 0, 0, 1, 1, 1));
    Tensor qkv = given.normal(2, 3, 12);
    double[] y = given.ops().attention(qkv, 2, 0.7, nothing).toDoubles();
    double[] gradient = given.gradients((o, in) -> o.attention(in.get(0), 2, 0.7, nothing), qkv)[0];
    for (int i = 0; i < 36; i++) {
      assertEquals(0, y[i / 3]);
      assertEquals(0, gradient[i]);
    }
    assertNotEquals(0, y[12]);
    assertNotEquals(0, gradient[36 + 8]);
    AttentionMask early = new AttentionMask(true, keys(0, 0, 0, 0, 0, 0));
    given.checkFlat((o, in) -> o.attention(in.get(0), 2, 0.7, early), qkv);
  }

  @Test
  void attentionOfOneOrNoToken() {
    given.check((o, in) -> o.attention(in.get(0), 2, 0.7), given.normal(2, 1, 12));
    given.checkFlat((o, in) -> o.attention(in.get(0), 2, 0.7), given.normal(0, 3, 12));
    given.checkFlat((o, in) -> o.attention(in.get(0), 2, 0.7), given.normal(2, 0, 12));
  }

  // ---- mixing ----

  @Test
  void weightedSum() {
    BiFunction<Ops, List<Tensor>, Tensor> mix =
        (o, in) -> o.weightedSum(in.subList(0, 2), in.get(2));
    for (Tensor x : layouts(4)) {
      given.check(mix, x, given.normal(2, 3, 4), given.normal(2));
    }
    Tensor strided = given.ops().reshape(given.ops().slice(given.normal(2, 3), 1, 1, 2), 2);
    given.check(mix, given.normal(3), given.normal(3), strided);
    given.check(mix, given.normal(), given.normal(), given.normal(2));
    given.checkFlat(mix, given.normal(0, 2), given.normal(0, 2), given.normal(2));
  }

  @Test
  void weightedSumOfOneTensorTwiceAndOfPart() {
    Tensor x = given.normal(2, 3);
    Tensor fixed = given.normal(2, 3);
    Tensor weights = given.normal(3);
    given.check(
        (o, in) -> o.weightedSum(List.of(in.get(0), fixed, in.get(0)), in.get(1)), x, weights);
    given.check((o, in) -> o.weightedSum(List.of(fixed, in.get(0), fixed), weights), x);
    given.check((o, in) -> o.weightedSum(List.of(fixed, x, fixed), in.get(0)), weights);
  }

  // ---- losses ----

  /** Errors of 0.1 to 2.9, none nearer than 0.1 to the kink at 1 or to 0, of both signs. */
  private Tensor errors(int... dims) {
    return given.values(
        value -> Math.copySign(Math.abs(value) % 0.8 + (Math.abs(value) > 0.8 ? 1.1 : 0.1), value),
        dims);
  }

  @ParameterizedTest
  @CsvSource({"0.05", "0.5", "2"})
  void smoothL1OnBothSidesOfTheKink(double beta) {
    Tensor target = given.normal(2, 3, 5);
    Tensor error = given.ops().affine(errors(2, 3, 5), beta, 0);
    Tensor prediction = given.ops().add(target, error);
    given.check((o, in) -> o.smoothL1(in.get(0), in.get(1), beta), prediction, target);
    given.check((o, in) -> o.smoothL1(in.get(0), target, beta), prediction);
    given.check((o, in) -> o.smoothL1(prediction, in.get(0), beta), target);
    given.check((o, in) -> o.affine(o.smoothL1(in.get(0), target, beta), -3, 1), prediction);
  }

  @Test
  void smoothL1OfViewsAndAtTheKink() {
    Ops ops = given.ops();
    Tensor target = ops.slice(given.normal(3, 4), 1, 0, 2);
    Tensor prediction = ops.transpose(ops.add(ops.transpose(target), errors(2, 3)));
    given.check((o, in) -> o.smoothL1(in.get(0), in.get(1), 1), prediction, target);

    Tensor atKink = ops.of(new double[] {-1, -0.5, 0, 1}, 4);
    assertArrayEquals(
        new double[] {-0.25, -0.125, 0, 0.25},
        given.gradients((o, in) -> o.smoothL1(in.get(0), ops.of(new double[4], 4), 1), atKink)[0]);
  }

  @Test
  void crossEntropyWithSoftTargets() {
    Ops ops = given.ops();
    Tensor soft = ops.softmax(given.normal(3, 4));
    given.check((o, in) -> o.crossEntropy(in.get(0), soft), given.normal(3, 4));
    given.check((o, in) -> o.crossEntropy(in.get(0), soft), ops.transpose(given.normal(4, 3)));
    given.check(
        (o, in) -> o.crossEntropy(in.get(0), ops.transpose(soft)),
        ops.slice(given.normal(4, 5), 1, 1, 4));
    Tensor mixed = ops.affine(soft, 0.6, 0.25);
    given.check((o, in) -> o.crossEntropy(in.get(0), mixed), given.normal(3, 4));
    given.check((o, in) -> o.affine(o.crossEntropy(in.get(0), soft), 0.3, 2), given.normal(3, 4));
  }

  @Test
  void targetsOfCrossEntropyHaveNoGradient() {
    Tensor logits = given.normal(2, 3);
    Tensor targets = given.ops().softmax(given.normal(2, 3));
    assertNull(
        given.gradients((o, in) -> o.crossEntropy(in.get(0), in.get(1)), logits, targets)[1]);
  }
}

package io.github.maskalign.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Fused attention, its gradient and its probabilities equal their default bodies. */
public abstract class AttentionContract extends BackendContract {

  /** The kinds of masks. */
  enum Masking {
    NONE,
    CAUSAL,
    KEYS,
    CAUSAL_KEYS,
    BIAS,
    ALL;

    AttentionMask with(Eager ops, Tensor keys, Tensor bias) {
      boolean some = this == KEYS || this == CAUSAL_KEYS || this == ALL;
      boolean biased = this == BIAS || this == ALL;
      return new AttentionMask(
          this == CAUSAL || this == CAUSAL_KEYS || this == ALL,
          some ? ops.cast(keys, DType.U8) : null,
          biased ? ops.cast(bias, DType.F32) : null);
    }
  }

  @Provide
  Arbitrary<Integer> tokens() {
    return Arbitraries.of(1, 2, 3, 0, 7, 8, 16, 17, 33);
  }

  @Provide
  Arbitrary<Integer> widths() {
    return Arbitraries.of(1, 2, 3, 5, 8, 16, 19);
  }

  @Property(tries = 150)
  void attention(
      @ForAll @IntRange(max = 3) int images,
      @ForAll("tokens") int tokens,
      @ForAll @IntRange(min = 1, max = 4) int heads,
      @ForAll("widths") int width,
      @ForAll Masking masking,
      @ForAll View view,
      @ForAll long seed) {
    check(heads, 0.7, masking, Operand.normal(view, seed, images, tokens, 3 * heads * width));
  }

  private void check(int heads, double scale, Operand qkv) {
    check(heads, scale, Masking.NONE, qkv);
  }

  private void check(int heads, double scale, Masking masking, Operand qkv) {
    int[] dims = qkv.dims();
    Operand g = Operand.normal(78, dims[0], dims[1], dims[2] / 3);
    int from = dims[1] / 3;
    int to = dims[1] - from / 2;
    checkAll(
        (o, in) -> {
          Tensor x = in.get(0);
          AttentionMask mask = masking.with(o, in.get(2), in.get(3));
          return List.of(
              o.attention(x, heads, scale, mask),
              o.attentionGrad(x, heads, scale, mask, in.get(1)),
              o.attentionProbabilities(x, heads, scale, mask, from, to));
        },
        qkv,
        g,
        keys(dims[0], dims[1]),
        bias(dims[0], dims[1]));
  }

  /** Logarithms of sizes from 1 to 5, the same numbers in F32 as in F64. */
  private static Operand bias(int images, int tokens) {
    SplittableRandom random = new SplittableRandom(images * 100L + tokens);
    double[] bias = new double[images * tokens];
    Arrays.setAll(bias, i -> (float) Math.log(random.nextInt(1, 6)));
    return Operand.of(bias, images, tokens);
  }

  @Property(tries = 60)
  void otherQueries(
      @ForAll @IntRange(max = 3) int images,
      @ForAll @IntRange(max = 19) int queries,
      @ForAll @IntRange(min = 1, max = 35) int tokens,
      @ForAll @IntRange(min = 1, max = 3) int heads,
      @ForAll("widths") int width,
      @ForAll View view,
      @ForAll long seed) {
    check(
        (o, q, qkv) -> o.attention(q, qkv, heads, 0.7),
        Operand.normal(view, seed, images, queries, heads * width),
        Operand.normal(view, seed + 1, images, tokens, 3 * heads * width));
  }

  /** Some of the queries alone have the bits that they have among all. */
  @Property(tries = 40)
  void someQueries(
      @ForAll @IntRange(min = 1, max = 3) int images,
      @ForAll @IntRange(min = 1, max = 90) int tokens,
      @ForAll @IntRange(min = 1, max = 3) int heads,
      @ForAll("widths") int width,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int queries = 1 + random.nextInt(tokens);
    int[] ids = random.ints((long) images * queries, 0, tokens).toArray();
    int all = heads * width;
    Computation computation =
        (o, in) -> {
          Tensor chosen = o.of(ids, images, queries);
          Tensor q = o.gatherTokens(o.slice(in.getFirst(), 2, 0, all), chosen);
          return List.of(
              o.attention(q, in.getFirst(), heads, 0.3),
              o.gatherTokens(o.attention(in.getFirst(), heads, 0.3), chosen));
        };
    for (DType precision : PRECISIONS) {
      Operand qkv = Operand.normal(seed, images, tokens, 3 * all);
      List<Result> results = run(1, true, precision, computation, qkv);
      assertArrayEquals(results.get(1).values(), results.get(0).values(), precision::toString);
    }
  }

  /** Padding at the end, at the start, in places, and of a whole sample. */
  private static Operand keys(int images, int tokens) {
    SplittableRandom random = new SplittableRandom(images * 100L + tokens);
    double[] keys = new double[images * tokens];
    for (int i = 0; i < keys.length; i++) {
      int t = i % tokens;
      boolean visible =
          switch (i / tokens % 4) {
            case 0 -> t <= tokens / 2;
            case 1 -> t >= tokens / 3;
            case 2 -> random.nextInt(3) > 0;
            default -> false;
          };
      keys[i] = visible ? 1 : 0;
    }
    return Operand.of(keys, images, tokens);
  }

  /** The sizes of a small vision transformer: more tokens than a tile, heads of 16 and 64. */
  @Example
  void largeAttention() {
    check(4, 0.25, Operand.normal(1, 2, 101, 3 * 4 * 16));
    check(2, 0.125, Operand.normal(2, 3, 50, 3 * 2 * 64));
  }

  /** Texts of CLIP, and enough tokens that blocks of keys are hidden from blocks of queries. */
  @Example
  void largeMaskedAttention() {
    check(2, 0.125, Masking.CAUSAL, Operand.normal(1, 2, 77, 3 * 2 * 64));
    check(1, 0.25, Masking.CAUSAL_KEYS, Operand.normal(2, 4, 150, 3 * 16));
    check(1, 0.25, Masking.CAUSAL, Operand.normal(3, 1, 301, 3 * 8));
    check(1, 0.25, Masking.KEYS, Operand.normal(4, 4, 150, 3 * 16));
    check(3, 0.125, Masking.BIAS, Operand.normal(5, 2, 197, 3 * 3 * 64));
    check(1, 0.25, Masking.ALL, Operand.normal(6, 4, 150, 3 * 16));
  }

  /** A bias is added to scaled scores: a scale of zero or below leaves it as it is. */
  @Example
  void biasIsNotScaled() {
    for (double scale : new double[] {0, -0.5, 1e-6, 3}) {
      check(2, scale, Masking.BIAS, Operand.normal(7, 2, 20, 3 * 2 * 8));
      check(2, scale, Masking.ALL, Operand.normal(8, 2, 20, 3 * 2 * 8));
    }
  }

  /** A key with the bias log 3 counts as three equal keys. */
  @Example
  void logarithmOfACountCountsKeys() {
    Operand three = Operand.normal(9, 1, 3, 3 * 4);
    double[] five = Arrays.copyOf(three.base(), 5 * 12);
    System.arraycopy(five, 24, five, 36, 12);
    System.arraycopy(five, 24, five, 48, 12);
    Operand bias = Operand.of(new double[] {0, 0, (float) Math.log(3)}, 1, 3);
    Computation counted =
        (o, in) -> {
          AttentionMask mask = AttentionMask.biased(o.cast(in.get(1), DType.F32));
          return List.of(o.attention(in.get(0), 2, 0.5, mask));
        };
    Computation repeated = (o, in) -> List.of(o.attention(in.get(0), 2, 0.5));
    double[] y = run(1, true, DType.F32, counted, three, bias).getFirst().values();
    double[] same =
        run(1, true, DType.F32, repeated, Operand.of(five, 1, 5, 12)).getFirst().values();
    assertArrayEquals(Arrays.copyOf(same, 12), y, 1e-6 + 4 * factorError());
  }

  /** Heads that are too large for a fused kernel. */
  @Example
  void largeMaskedHeads() {
    for (Masking masking : Masking.values()) {
      check(2, 0.1, masking, Operand.normal(5, 4, 9, 3 * 2 * 131));
    }
  }

  /** Scores in the thousands: the softmax is all but a maximum. */
  @Example
  void extremeScores() {
    Operand qkv = Operand.normal(3, 1, 20, 3 * 2 * 8).map(v -> 40 * v);
    check((o, x) -> o.attention(x, 2, 1), qkv);
    check((o, x) -> o.attentionProbabilities(x, 2, 1, 0, 20), qkv);
    check((o, x) -> o.attention(x, 2, 1, AttentionMask.CAUSAL), qkv);
    check((o, x) -> o.attentionProbabilities(x, 2, 1, AttentionMask.CAUSAL, 0, 20), qkv);
  }

  /** A hidden key whose score is far above all others takes no part in the softmax. */
  @Example
  void hiddenMaximum() {
    Operand qkv = Operand.normal(5, 1, 6, 3 * 4);
    Arrays.fill(qkv.base(), 2 * 12 + 4, 2 * 12 + 8, 1e4);
    Operand keys = Operand.of(new double[] {1, 1, 0, 1, 1, 1}, 1, 6);
    check((o, x, k) -> o.attention(x, 1, 0.5, AttentionMask.of(o.cast(k, DType.U8))), qkv, keys);
  }

  /** Queries without a key have no output and no gradient, and hidden keys none either: exactly. */
  @Example
  void whatIsHiddenIsZero() {
    int tokens = 40;
    Operand keys = Operand.of(new double[2 * tokens], 2, tokens);
    Arrays.fill(keys.base(), 19, tokens, 1);
    Computation computation =
        (o, in) -> {
          AttentionMask mask = new AttentionMask(true, o.cast(in.get(2), DType.U8));
          return List.of(
              o.attention(in.get(0), 1, 0.5, mask),
              o.attentionGrad(in.get(0), 1, 0.5, mask, in.get(1)),
              o.attentionProbabilities(in.get(0), 1, 0.5, mask, 0, tokens));
        };
    for (DType precision : PRECISIONS) {
      List<Result> results =
          run(
              1,
              true,
              precision,
              computation,
              Operand.normal(6, 2, tokens, 12),
              Operand.normal(7, 2, tokens, 4),
              keys);
      for (int image = 0; image < 2; image++) {
        int hidden = image == 0 ? 19 : tokens;
        for (int t = 0; t < tokens; t++) {
          boolean zero = t < hidden;
          assertZero(zero, results.get(0), 4 * (image * tokens + t), 4);
          assertZero(zero, results.get(1), 12 * (image * tokens + t) + 8, 4);
          double[] p = results.get(2).values();
          for (int key = 0; key < tokens; key++) {
            boolean none = key > t || key < hidden;
            assertEquals(none, p[(image * tokens + t) * tokens + key] == 0, "query " + t);
          }
        }
      }
      assertZero(true, results.get(1), 0, 12 * 19);
      assertZero(true, results.get(1), 12 * tokens, 12 * tokens);
    }
  }

  private static void assertZero(boolean zero, Result result, int from, int count) {
    double[] part = Arrays.copyOfRange(result.values(), from, from + count);
    assertTrue(
        Arrays.stream(part).allMatch(v -> (v == 0) == zero), () -> from + Arrays.toString(part));
  }

  /** A NaN token makes its whole image NaN, but no other image. */
  @Example
  void nanStaysInItsImage() {
    Operand qkv = Operand.normal(4, 3, 9, 3 * 2 * 4);
    qkv.base()[9 * 24 + 30] = Double.NaN;
    check(2, 0.5, qkv);
  }
}

package io.github.maskalign.tensor.testing;

import io.github.maskalign.tensor.Tensor;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Fused attention, its gradient and its probabilities equal their default bodies. */
public abstract class AttentionContract extends BackendContract {

  @Provide
  Arbitrary<Integer> tokens() {
    return Arbitraries.of(1, 2, 3, 0, 7, 8, 16, 17, 33);
  }

  @Provide
  Arbitrary<Integer> widths() {
    return Arbitraries.of(1, 2, 3, 5, 8, 16, 19);
  }

  @Property(tries = 100)
  void attention(
      @ForAll @IntRange(max = 3) int images,
      @ForAll("tokens") int tokens,
      @ForAll @IntRange(min = 1, max = 4) int heads,
      @ForAll("widths") int width,
      @ForAll View view,
      @ForAll long seed) {
    check(heads, 0.7, Operand.normal(view, seed, images, tokens, 3 * heads * width));
  }

  private void check(int heads, double scale, Operand qkv) {
    int[] dims = qkv.dims();
    Operand g = Operand.normal(78, dims[0], dims[1], dims[2] / 3);
    int from = dims[1] / 3;
    int to = dims[1] - from / 2;
    checkAll(
        (o, in) -> {
          Tensor x = in.get(0);
          return List.of(
              o.attention(x, heads, scale),
              o.attentionGrad(x, heads, scale, in.get(1)),
              o.attentionProbabilities(x, heads, scale, from, to));
        },
        qkv,
        g);
  }

  /** The sizes of a small vision transformer: more tokens than a tile, heads of 16 and 64. */
  @Example
  void largeAttention() {
    check(4, 0.25, Operand.normal(1, 2, 101, 3 * 4 * 16));
    check(2, 0.125, Operand.normal(2, 3, 50, 3 * 2 * 64));
  }

  /** Scores in the thousands: the softmax is all but a maximum. */
  @Example
  void extremeScores() {
    Operand qkv = Operand.normal(3, 1, 20, 3 * 2 * 8).map(v -> 40 * v);
    check((o, x) -> o.attention(x, 2, 1), qkv);
    check((o, x) -> o.attentionProbabilities(x, 2, 1, 0, 20), qkv);
  }

  /** A NaN token makes its whole image NaN, but no other image. */
  @Example
  void nanStaysInItsImage() {
    Operand qkv = Operand.normal(4, 3, 9, 3 * 2 * 4);
    qkv.base()[9 * 24 + 30] = Double.NaN;
    check(2, 0.5, qkv);
  }
}

package io.github.maskalign.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Gradients of reductions, products and changes of layout, at random shapes. */
class ShapeGradientTest {

  private static final int TRIES = 25;

  /** Checks the gradient, or that it is zero if some input has no elements. */
  private static void check(
      GradientFixture given, BiFunction<Ops, List<Tensor>, Tensor> function, Tensor... inputs) {
    for (Tensor input : inputs) {
      if (input.size() == 0) {
        given.checkFlat(function, inputs);
        return;
      }
    }
    given.check(function, inputs);
  }

  @Property(tries = TRIES)
  void sumAndMean(
      @ForAll @Size(max = 4) List<@IntRange(max = 3) Integer> sizes,
      @ForAll @IntRange(max = 15) int chosen,
      @ForAll boolean keep) {
    try (GradientFixture given = new GradientFixture()) {
      int[] dims = sizes.stream().mapToInt(i -> i).toArray();
      int[] axes = axes(dims.length, chosen);
      Tensor x = given.normal(dims);
      check(given, (o, in) -> o.sum(in.get(0), keep, axes), x);
      if (x.size() > 0) {
        given.check((o, in) -> o.mean(in.get(0), keep, axes), x);
      }
    }
  }

  /** The axes whose bit is set, every other one counted from the end. */
  private static int[] axes(int rank, int chosen) {
    return IntStream.range(0, rank)
        .filter(axis -> (chosen >> axis & 1) == 1)
        .map(axis -> axis % 2 == 0 ? axis : axis - rank)
        .toArray();
  }

  @Property(tries = TRIES)
  void max(
      @ForAll @Size(max = 3) List<@IntRange(min = 1, max = 4) Integer> sizes,
      @ForAll @IntRange(max = 7) int chosen,
      @ForAll boolean keep) {
    try (GradientFixture given = new GradientFixture()) {
      int[] dims = sizes.stream().mapToInt(i -> i).toArray();
      int[] axes = axes(dims.length, chosen);
      given.check((o, in) -> o.max(in.get(0), keep, axes), given.normal(dims));
    }
  }

  @Property(tries = TRIES)
  void matmul(
      @ForAll @IntRange(max = 4) int m,
      @ForAll @IntRange(max = 4) int k,
      @ForAll @IntRange(max = 4) int n,
      @ForAll @IntRange(max = 3) int batches) {
    try (GradientFixture given = new GradientFixture()) {
      BiFunction<Ops, List<Tensor>, Tensor> product = (o, x) -> o.matmul(x.get(0), x.get(1));
      Ops ops = given.ops();
      check(given, product, given.normal(m, k), given.normal(k, n));
      check(given, product, given.normal(batches, m, k), given.normal(k, n));
      check(given, product, given.normal(m, k), given.normal(batches, 2, k, n));
      check(given, product, given.normal(batches, 1, m, k), given.normal(2, k, n));
      check(given, product, ops.transpose(given.normal(k, m)), ops.transpose(given.normal(n, k)));
      check(
          given,
          product,
          ops.slice(given.normal(m, k + 2), 1, 1, k + 1),
          ops.broadcast(given.normal(k, 1), Shape.of(batches, k, n)));
    }
  }

  @Property(tries = TRIES)
  void linear(
      @ForAll @IntRange(max = 3) int rows,
      @ForAll @IntRange(min = 1, max = 5) int in,
      @ForAll @IntRange(min = 1, max = 5) int out) {
    try (GradientFixture given = new GradientFixture()) {
      Ops ops = given.ops();
      BiFunction<Ops, List<Tensor>, Tensor> withBias =
          (o, x) -> o.linear(x.get(0), x.get(1), x.get(2));
      BiFunction<Ops, List<Tensor>, Tensor> plain = (o, x) -> o.linear(x.get(0), x.get(1), null);
      if (rows > 0) {
        given.check(withBias, given.normal(2, rows, in), given.normal(out, in), given.normal(out));
      }
      check(given, plain, given.normal(rows, in), ops.transpose(given.normal(in, out)));
      check(given, plain, ops.permute(given.normal(in, 2, rows), 2, 1, 0), given.normal(out, in));
      given.check(withBias, given.normal(in), given.normal(out, in), given.normal(out));
      Tensor bias = ops.slice(given.normal(out + 1), 0, 1, out + 1);
      given.check(
          withBias, given.normal(2, in), ops.slice(given.normal(out + 1, in), 0, 1, out + 1), bias);
    }
  }

  @Property(tries = TRIES)
  void layout(
      @ForAll @IntRange(max = 3) int a,
      @ForAll @IntRange(min = 1, max = 3) int b,
      @ForAll @IntRange(min = 1, max = 4) int c,
      @ForAll @IntRange(max = 3) int from) {
    try (GradientFixture given = new GradientFixture()) {
      Tensor x = given.ops().permute(given.normal(c, a, b), 1, 2, 0);
      check(given, (o, in) -> o.reshape(in.get(0), a * b * c), x);
      check(given, (o, in) -> o.reshape(o.permute(in.get(0), 2, 0, -2), c, a * b), x);
      int start = Math.min(from, c - 1);
      check(given, (o, in) -> o.slice(in.get(0), -1, start, c), x);
      check(given, (o, in) -> o.slice(in.get(0), 1, b - 1, b), x);
      check(given, (o, in) -> o.broadcast(in.get(0), Shape.of(2, a, b, c)), x);
      check(given, (o, in) -> o.broadcast(in.get(0), Shape.of(3, c)), given.normal(1, c));
    }
  }

  @Property(tries = TRIES)
  void concat(
      @ForAll @IntRange(max = 3) int first,
      @ForAll @IntRange(min = 1, max = 3) int second,
      @ForAll @IntRange(min = -3, max = 2) int axis) {
    try (GradientFixture given = new GradientFixture()) {
      Ops ops = given.ops();
      int index = Math.floorMod(axis, 3);
      Tensor a = given.normal(Shape.of(2, 3, 2).with(index, first).dims());
      Tensor b =
          ops.permute(given.normal(Shape.of(2, 3, 2).with(2 - index, second).dims()), 2, 1, 0);
      given.check((o, x) -> o.concat(List.of(x.get(0), x.get(1), x.get(0)), axis), a, b);
      Tensor c = ops.slice(given.normal(4, 3, 2), 0, 1, 3);
      given.check((o, x) -> o.concat(x, axis), c, given.normal(2, 3, 2));
    }
  }

  @Property(tries = TRIES)
  void gatherTokens(
      @ForAll @IntRange(min = 1, max = 4) int tokens,
      @ForAll @Size(value = 6) List<@IntRange(max = 3) Integer> ids) {
    try (GradientFixture given = new GradientFixture()) {
      int[] inside = ids.stream().mapToInt(id -> id % tokens).toArray();
      Tensor chosen = given.ops().of(inside, 2, 3);
      BiFunction<Ops, List<Tensor>, Tensor> gather = (o, x) -> o.gatherTokens(x.get(0), chosen);
      given.check(gather, given.normal(2, tokens, 3));
      given.check(gather, given.ops().permute(given.normal(tokens, 3, 2), 2, 0, 1));
      given.check(
          gather, given.ops().broadcast(given.normal(1, tokens, 1), Shape.of(2, tokens, 2)));
      Tensor none = given.ops().of(new int[0], 2, 0);
      given.checkFlat((o, x) -> o.gatherTokens(x.get(0), none), given.normal(2, tokens, 3));
    }
  }

  @Test
  void repeatedTokensAddUp() {
    try (GradientFixture given = new GradientFixture()) {
      Tensor ids = given.ops().of(new int[] {1, 1, 1, 0}, 2, 2);
      double[] gradient =
          given.gradients((o, x) -> o.gatherTokens(x.get(0), ids), given.normal(2, 3, 1))[0];
      assertArrayEquals(new double[] {0, 2, 0, 1, 1, 0}, gradient);
    }
  }

  @Property(tries = TRIES)
  void embedding(
      @ForAll @IntRange(min = 1, max = 4) int rows,
      @ForAll @Size(value = 6) List<@IntRange(max = 3) Integer> ids) {
    try (GradientFixture given = new GradientFixture()) {
      int[] inside = ids.stream().mapToInt(id -> id % rows).toArray();
      Ops ops = given.ops();
      Tensor chosen = ops.of(inside, 3, 1, 2);
      BiFunction<Ops, List<Tensor>, Tensor> look = (o, x) -> o.embedding(x.get(0), chosen);
      given.check(look, given.normal(rows, 3));
      given.check(look, ops.transpose(given.normal(3, rows)));
      given.check(
          (o, x) -> o.embedding(x.get(0), o.permute(chosen, 2, 1, 0)), given.normal(rows, 2));
      given.check(
          (o, x) -> o.embedding(x.get(0), o.of(new int[] {inside[0]})), given.normal(rows, 2));
      Tensor none = ops.of(new int[0], 2, 0);
      given.checkFlat((o, x) -> o.embedding(x.get(0), none), given.normal(rows, 3));
    }
  }

  @Test
  void equalMaximaShareTheGradient() {
    try (GradientFixture given = new GradientFixture()) {
      Tensor x = given.ops().of(new double[] {5, 1, 5, 2, 2, 2}, 2, 3);
      double third = 1.0 / 3;
      assertArrayEquals(
          new double[] {0.5, 0, 0.5, third, third, third},
          given.gradients((o, in) -> o.max(in.get(0), false, 1), x)[0]);
      assertArrayEquals(
          new double[] {0.5, 0, 0.5, 0, 0, 0},
          given.gradients((o, in) -> o.max(in.get(0), false), x)[0]);
    }
  }
}

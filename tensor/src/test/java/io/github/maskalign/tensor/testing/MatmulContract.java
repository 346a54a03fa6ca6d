package io.github.maskalign.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Matrix products over shapes, batches, layouts and sizes beyond one block of a kernel. */
public abstract class MatmulContract extends BackendContract {

  @Provide
  Arbitrary<Integer> size() {
    return sizes();
  }

  @Provide
  Arbitrary<int[]> batches() {
    return shapes(0, 2).filter(dims -> dims.length == 0 || dims[0] * dims[dims.length - 1] <= 20);
  }

  @Property(tries = 150)
  void matmul(
      @ForAll("size") int m,
      @ForAll("size") int k,
      @ForAll("size") int n,
      @ForAll View viewOfA,
      @ForAll View viewOfB,
      @ForAll long seed) {
    Operand a = Operand.normal(viewOfA, seed, m, k);
    check((o, s, t) -> o.matmul(s, t), a, Operand.normal(viewOfB, seed + 1, k, n));
  }

  /** Leading axes broadcast: one operand may have none, or ones. */
  @Property(tries = 100)
  void batchedMatmul(
      @ForAll("batches") int[] batch,
      @ForAll boolean share,
      @ForAll boolean swap,
      @ForAll View viewOfA,
      @ForAll View viewOfB,
      @ForAll long seed) {
    int[] plain = share ? new int[0] : new int[batch.length];
    Arrays.fill(plain, 1);
    Operand a = Operand.normal(viewOfA, seed, append(swap ? plain : batch, 5, 3));
    Operand b = Operand.normal(viewOfB, seed + 1, append(swap ? batch : plain, 3, 7));
    check((o, s, t) -> o.matmul(s, t), a, b);
  }

  @Property(tries = 60)
  void equalBatches(
      @ForAll("batches") int[] batch,
      @ForAll View viewOfA,
      @ForAll View viewOfB,
      @ForAll long seed) {
    Operand a = Operand.normal(viewOfA, seed, append(batch, 4, 9));
    Operand b = Operand.normal(viewOfB, seed + 1, append(batch, 9, 3));
    check((o, s, t) -> o.matmul(s, t), a, b);
  }

  /** All four combinations of transposed operands, beyond the blocks of a kernel. */
  @Example
  void largeMatmul() {
    for (View viewOfA : List.of(View.CONTIGUOUS, View.TRANSPOSED)) {
      for (View viewOfB : List.of(View.CONTIGUOUS, View.TRANSPOSED)) {
        Operand a = Operand.normal(viewOfA, 1, 67, 389);
        check((o, s, t) -> o.matmul(s, t), a, Operand.normal(viewOfB, 2, 389, 101));
      }
    }
    Operand tall = Operand.normal(3, 1_031, 33);
    check((o, s, t) -> o.matmul(s, t), tall, Operand.normal(4, 33, 35));
    Operand wide = Operand.normal(5, 35, 33);
    check((o, s, t) -> o.matmul(s, t), wide, Operand.normal(6, 33, 1_031));
  }

  @Property(tries = 80)
  void linear(
      @ForAll("rows") int[] dims,
      @ForAll("size") int out,
      @ForAll View viewOfX,
      @ForAll View viewOfWeight,
      @ForAll boolean biased,
      @ForAll long seed) {
    Operand x = Operand.normal(viewOfX, seed, dims);
    Operand weight = Operand.normal(viewOfWeight, seed + 1, out, dims[dims.length - 1]);
    Operand bias = Operand.normal(seed + 2, out);
    checkAll(
        (o, in) -> List.of(o.linear(in.get(0), in.get(1), biased ? in.get(2) : null)),
        x,
        weight,
        bias);
  }

  @Example
  void largeLinear() {
    checkAll(
        (o, in) -> List.of(o.linear(in.get(0), in.get(1), in.get(2))),
        Operand.normal(1, 4, 50, 192),
        Operand.normal(2, 230, 192),
        Operand.normal(3, 230));
  }

  /** The same bits as the operations one by one. */
  @Property(tries = 40)
  void epilogues(
      @ForAll("rows") int[] dims,
      @ForAll("size") int out,
      @ForAll View viewOfX,
      @ForAll View viewOfBase,
      @ForAll boolean biased,
      @ForAll long seed) {
    checkEpilogues(Operand.normal(viewOfX, seed, dims), out, viewOfBase, biased, seed + 1);
  }

  /** Beyond the blocks of a kernel in all three sizes, with parts of tiles. */
  @Example
  void largeEpilogues() {
    checkEpilogues(Operand.normal(1, 3, 75, 70), 100, View.CONTIGUOUS, true, 2);
    checkEpilogues(Operand.normal(3, 5, 2_100), 37, View.CONTIGUOUS, false, 4);
    checkEpilogues(Operand.normal(5, 2, 33), 1_601, View.TRANSPOSED, true, 6);
  }

  private void checkEpilogues(Operand x, int out, View viewOfBase, boolean biased, long seed) {
    int[] dims = x.dims().clone();
    Operand weight = Operand.normal(seed, out, dims[dims.length - 1]);
    dims[dims.length - 1] = out;
    Operand base = Operand.normal(viewOfBase, seed + 1, dims);
    Operand bias = Operand.normal(seed + 2, out);
    Operand scale = Operand.normal(seed + 3, out);
    Operand[] operands = {x, weight, bias, base, scale};
    for (DType precision : PRECISIONS) {
      List<Result> apart =
          run(
              1,
              true,
              precision,
              (o, in) ->
                  epilogues(in).stream()
                      .map(
                          end ->
                              end.apply(
                                  o, o.linear(in.get(0), in.get(1), biased ? in.get(2) : null)))
                      .toList(),
              operands);
      for (int threads = 1; threads <= 2; threads++) {
        List<Result> fused =
            run(
                threads,
                true,
                precision,
                (o, in) ->
                    epilogues(in).stream()
                        .map(end -> o.linear(in.get(0), in.get(1), biased ? in.get(2) : null, end))
                        .toList(),
                operands);
        assertSameBits(apart, fused, "the operations one by one and their fusion");
      }
    }
  }

  /** Factors have the products of what they were made of, whatever made them. */
  @Property(tries = 40)
  void factors(
      @ForAll("rows") int[] dims, @ForAll("size") int out, @ForAll View view, @ForAll long seed) {
    checkFactors(Operand.normal(view, seed, dims), out, seed + 1);
  }

  /** Beyond the blocks of a kernel, with numbers of terms that fill panels and that do not. */
  @Example
  void largeFactors() {
    checkFactors(Operand.normal(1, 3, 75, 70), 104, 2);
    checkFactors(Operand.normal(3, 2, 230, 136), 1_600, 4);
    checkFactors(Operand.normal(5, 3, 64), 1_030, 6);
  }

  private void checkFactors(Operand x, int hidden, long seed) {
    int width = x.dims()[x.dims().length - 1];
    Operand[] operands = {
      x,
      Operand.normal(seed, hidden, width),
      Operand.normal(seed + 1, hidden),
      Operand.normal(seed + 2, 9, hidden),
      Operand.normal(seed + 3, width),
      Operand.normal(seed + 4, width)
    };
    for (DType precision : PRECISIONS) {
      List<Result> floats = run(1, true, precision, (o, in) -> mlp(o, in, false), operands);
      for (int threads = 1; threads <= 2; threads++) {
        List<Result> factors = run(threads, true, precision, (o, in) -> mlp(o, in, true), operands);
        assertSameBits(floats, factors, "products of floats and of factors");
      }
    }
  }

  /** Operands are x, two layers' weight, bias and weight, gamma and beta. */
  private static List<Tensor> mlp(Eager o, List<Tensor> in, boolean factors) {
    Tensor x = in.get(0);
    Tensor weight = in.get(1);
    Tensor bias = in.get(2);
    Tensor gamma = in.get(4);
    Tensor beta = in.get(5);
    Tensor normalized =
        factors ? o.layerNormFactor(x, gamma, beta, 1e-5) : o.layerNorm(x, gamma, beta, 1e-5);
    Tensor plain =
        factors ? o.layerNormFactor(x, null, null, 1e-5) : o.layerNorm(x, null, null, 1e-5);
    List<Tensor> results = new ArrayList<>();
    results.add(o.linear(normalized, weight, bias));
    results.add(o.linear(plain, weight, null));
    results.add(o.linear(factors ? o.factor(x) : x, weight, bias));
    for (Gelu kind : Gelu.values()) {
      Tensor y = o.linear(normalized, weight, bias, new Epilogue.Activation(kind, factors));
      results.add(o.linear(y, in.get(3), null));
    }
    return results;
  }

  /** A part of a factor, with rows apart or columns exchanged with rows. */
  @Example
  void viewsOfFactors() {
    Operand[] operands = {Operand.normal(1, 40, 50), Operand.normal(2, 17, 33)};
    for (DType precision : PRECISIONS) {
      List<Result> floats = run(1, true, precision, (o, in) -> views(o, in, false), operands);
      List<Result> factors = run(1, true, precision, (o, in) -> views(o, in, true), operands);
      assertSameBits(floats, factors, "products of floats and of factors");
    }
  }

  private static List<Tensor> views(Eager o, List<Tensor> in, boolean factors) {
    Tensor x = factors ? o.factor(in.get(0)) : in.get(0);
    Tensor weight = in.get(1);
    Tensor padded = o.slice(weight, 1, 0, 32);
    return List.of(
        o.linear(o.slice(x, 1, 3, 36), weight, null),
        o.linear(o.slice(o.slice(x, 1, 3, 35), 0, 1, 30), padded, null),
        o.linear(o.transpose(o.slice(x, 0, 2, 35)), weight, null));
  }

  /** A zero does not hide an infinity or NaN of the other operand. */
  @Example
  void specialValuesSpread() {
    for (double value : new double[] {Double.POSITIVE_INFINITY, Double.NaN}) {
      Operand a = Operand.normal(1, 9, 21).coarse();
      Operand b = Operand.normal(2, 21, 18);
      b.base()[5 * 18 + 3] = value;
      a.base()[2 * 21 + 5] = 0;
      check((o, s, t) -> o.matmul(s, t), a, b);
    }
  }

  @Example
  void knownProduct() {
    Operand a = Operand.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Operand b = Operand.of(new double[] {7, 8, 9, 10, 11, 12}, 3, 2);
    Computation product = (o, in) -> List.of(o.matmul(in.get(0), in.get(1)));
    Computation layer = (o, in) -> List.of(o.linear(in.get(0), o.transpose(in.get(1)), in.get(2)));
    Operand bias = Operand.of(new double[] {1000, -1000}, 2);
    for (DType precision : PRECISIONS) {
      double[] plain = run(1, true, precision, product, a, b).getFirst().values();
      assertArrayEquals(new double[] {58, 64, 139, 154}, plain);
      double[] shifted = run(1, true, precision, layer, a, b, bias).getFirst().values();
      assertArrayEquals(new double[] {1058, -936, 1139, -846}, shifted);
    }
  }

  /** Every epilogue, of operands x, weight, bias, base and scale. */
  private static List<Epilogue> epilogues(List<Tensor> operands) {
    List<Epilogue> all = new ArrayList<>();
    for (Gelu kind : Gelu.values()) {
      all.add(new Epilogue.Activation(kind));
    }
    all.add(new Epilogue.Residual(operands.get(3), null));
    all.add(new Epilogue.Residual(operands.get(3), operands.get(4)));
    return all;
  }

  private static int[] append(int[] leading, int rows, int columns) {
    return Shape.of(leading).append(rows, columns).dims();
  }
}

package io.github.maskalign.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cuda.CudaBackend;
import io.github.maskalign.cuda.Gpus;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Fused kernels at sizes that take other paths than those of the contract suite. */
@OnEmulator
class FusedKernelsTest {

  /** Compares with the reference, and the two orders of threads bit by bit. */
  private static void check(double tolerance, Function<Eager, List<Tensor>> computation) {
    List<float[]> expected;
    try (Backend reference = new ReferenceBackend(new HostPool(Long.MAX_VALUE, false))) {
      expected = run(reference, computation);
    }
    List<float[]> forward;
    List<float[]> reverse;
    try (CudaBackend backend = Gpus.exactBackend()) {
      forward = run(backend, computation);
      Emulator.start().set("reverse", 1);
      reverse = run(backend, computation);
    }
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(forward.get(i), reverse.get(i), "orders of result " + i);
      float[] want = expected.get(i);
      double max =
          IntStream.range(0, want.length).mapToDouble(j -> Math.abs(want[j])).max().orElse(0);
      assertArrayEquals(want, forward.get(i), (float) (tolerance * max), "result " + i);
    }
  }

  private static List<float[]> run(Backend backend, Function<Eager, List<Tensor>> computation) {
    try (Scope scope = Scope.root(backend, "test")) {
      return computation.apply((Eager) scope.ops()).stream().map(Tensor::toFloats).toList();
    }
  }

  private static Tensor normal(Eager o, long seed, int... dims) {
    int count = IntStream.of(dims).reduce(1, (a, b) -> a * b);
    return o.of(KernelData.normal(seed, count), dims);
  }

  private static List<Tensor> layerNorm(Eager o, int rows, int columns) {
    Tensor x = normal(o, 1, rows, columns);
    Tensor gamma = normal(o, 2, columns);
    Tensor beta = normal(o, 3, columns);
    LayerNormGrad grad = o.layerNormGrad(x, gamma, 1e-6, normal(o, 4, rows, columns));
    return List.of(o.layerNorm(x, gamma, beta, 1e-6), grad.x(), grad.gamma(), grad.beta());
  }

  @Test
  void layerNormOfMoreRowsThanBlocks() {
    check(1e-5, o -> layerNorm(o, 2_500, 5));
  }

  @Test
  void layerNormOfTheWidthOfVitB() {
    check(1e-5, o -> layerNorm(o, 9, 768));
  }

  @Test
  void layerNormOfRowsThatNoBlockHolds() {
    check(1e-5, o -> layerNorm(o, 2, 4_100));
  }

  @Test
  void lossesOfManyElements() {
    check(
        1e-5,
        o -> {
          Tensor p = normal(o, 1, 1_050_001);
          return List.of(o.smoothL1(p, normal(o, 2, 1_050_001), 0.5));
        });
    check(
        1e-5,
        o -> {
          Tensor logits = normal(o, 1, 3, 1_100);
          Tensor targets = o.softmax(normal(o, 2, 3, 1_100));
          Tensor one = o.full(DType.F32, Shape.of(), 1);
          return List.of(o.crossEntropy(logits, targets), o.crossEntropyGrad(logits, targets, one));
        });
  }

  @Test
  void mixingOfAsManyLevelsAsALaunchTakesAndOneMore() {
    for (int levels : new int[] {32, 33}) {
      check(
          1e-5,
          o -> {
            List<Tensor> xs =
                IntStream.range(0, levels).mapToObj(i -> normal(o, i, 7, 11)).toList();
            return List.of(
                o.weightedSum(xs, normal(o, 77, levels)),
                o.weightedSumWeightGrad(xs, normal(o, 78, 7, 11)));
          });
    }
  }

  @Test
  void mixingIsOneLaunch(Emulator emulator) {
    try (CudaBackend backend = Gpus.exactBackend();
        Scope scope = Scope.root(backend, "test")) {
      Eager o = (Eager) scope.ops();
      List<Tensor> xs = IntStream.range(0, 12).mapToObj(i -> normal(o, i, 7, 11)).toList();
      Tensor weights = normal(o, 77, 12);
      long before = emulator.get("launches");
      o.weightedSum(xs, weights);
      assertEquals(1, emulator.get("launches") - before);
      o.weightedSumWeightGrad(xs, xs.getFirst());
      assertEquals(3, emulator.get("launches") - before);
    }
  }
}

package io.github.maskalign.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.maskalign.cpu.kernel.KernelData.Block;
import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.Layout;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdamWKernelTest {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.95;
  private static final double EPS = 1e-8;
  private static final double SCALE = 0.5;

  private record Parameter(Block p, Block m, Block v, Block g, double lr, double decay) {
    static Parameter of(int n, double lr, double decay) {
      Block v = KernelData.block(n);
      Block m = KernelData.block(n);
      for (int i = 0; i < n; i++) {
        v.set(i, 0f);
        m.set(i, 0f);
      }
      return new Parameter(KernelData.normal(n, n), m, v, KernelData.normal(n, n + 1L), lr, decay);
    }

    AdamWSlot slot(Scope scope, long step) {
      return new AdamWSlot(
          tensor(scope, p), tensor(scope, g), tensor(scope, m), tensor(scope, v), lr, decay, step);
    }

    private static Tensor tensor(Scope scope, Block block) {
      MemorySegment elements = block.segment().asSlice(4L * block.offset(), 4L * block.size());
      Layout layout = Layout.contiguous(Shape.of(block.size()));
      return scope.adopt(DType.F32, layout, HostStorage.wrap(elements));
    }
  }

  private static List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    for (int n : KernelData.SIZES) {
      all.add(Parameter.of(n, 0.01 + 1e-6 * n, n % 2 == 0 ? 0.05 : 0));
    }
    return all;
  }

  private static void run(List<Parameter> parameters, int threads, int steps) {
    KernelData.with(
        threads,
        w -> {
          AdamWKernel kernel = KernelData.kernels(w).adamW();
          try (ReferenceBackend backend = new ReferenceBackend(HostPool.unlimited());
              Scope scope = Scope.root(backend, "parameters")) {
            for (int t = 1; t <= steps; t++) {
              long step = t;
              List<AdamWSlot> slots = parameters.stream().map(p -> p.slot(scope, step)).toList();
              kernel.update(slots, new AdamWSettings(BETA1, BETA2, EPS, SCALE));
            }
          }
        });
  }

  @Test
  void threeSteps() {
    List<Parameter> parameters = parameters();
    List<double[][]> exact = new ArrayList<>();
    for (Parameter q : parameters) {
      int n = q.p.size();
      double[] p = new double[n];
      double[] m = new double[n];
      double[] v = new double[n];
      for (int i = 0; i < n; i++) {
        double g = SCALE * q.g.get(i);
        p[i] = q.p.get(i);
        for (int t = 1; t <= 3; t++) {
          p[i] *= 1 - q.lr * q.decay;
          m[i] = BETA1 * m[i] + (1 - BETA1) * g;
          v[i] = BETA2 * v[i] + (1 - BETA2) * g * g;
          double root = Math.sqrt(v[i]) / Math.sqrt(1 - Math.pow(BETA2, t));
          p[i] -= q.lr / (1 - Math.pow(BETA1, t)) * m[i] / (root + EPS);
        }
      }
      exact.add(new double[][] {p, m, v});
    }
    run(parameters, 1, 3);
    for (int k = 0; k < parameters.size(); k++) {
      Parameter q = parameters.get(k);
      double[][] want = exact.get(k);
      q.p.expect(i -> want[0][i], KernelData.ulps(8, 1));
      q.m.expect(i -> want[1][i], KernelData.ulps(8, 1e-30));
      q.v.expect(i -> want[2][i], KernelData.ulps(8, 1e-30));
      q.g.expectGuards();
    }
  }

  @Test
  void twoThreadsGiveTheSameBits() {
    List<Parameter> one = parameters();
    List<Parameter> two = parameters();
    run(one, 1, 2);
    run(two, 2, 2);
    for (int k = 0; k < one.size(); k++) {
      assertArrayEquals(one.get(k).p.toArray(), two.get(k).p.toArray());
    }
  }

  @Test
  void noParameters() {
    run(List.of(), 2, 1);
  }
}

package io.github.maskalign.autograd.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.GradientCheck;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class L2NormalizeTest {

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  @Test
  void dividesByTheLengthButNotByLessThanEps() {
    Tensor x = scope.ops().of(new float[] {3, 4, 0, 0, 0.03f, 0.04f}, 3, 2);
    assertArrayEquals(
        new float[] {0.6f, 0.8f, 0, 0, 0.3f, 0.4f},
        L2Normalize.forward(scope.ops(), x, 0.1).toFloats(),
        1e-6f);
  }

  @Test
  void derivative() {
    Tensor x = scope.ops().of(new double[] {3, 4, -1, 2, 0.5, 0.25}, 2, 3);
    GradientCheck.Result result =
        new GradientCheck(scope, 1)
            .check(List.of(x), (ops, in) -> L2Normalize.forward(ops, in.getFirst(), 1e-12));
    assertTrue(result.error() < 1e-7, result::toString);
  }

  @Test
  void zeroVectorHasAFiniteGradient() {
    Tensor x = scope.ops().of(new float[] {0, 0, 3, 4}, 2, 2);
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(List.of(x));
      Tensor first = tape.slice(L2Normalize.forward(tape, x, 1e-12), 1, 0, 1);
      float[] gradient = tape.backward(tape.sum(first, false)).of(x).toFloats();
      assertTrue(Float.isFinite(gradient[0]) && Float.isFinite(gradient[1]));
      assertArrayEquals(
          new float[] {0.128f, -0.096f}, new float[] {gradient[2], gradient[3]}, 1e-6f);
    }
  }
}

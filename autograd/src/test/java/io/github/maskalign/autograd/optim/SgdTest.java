package io.github.maskalign.autograd.optim;

import static io.github.maskalign.autograd.optim.OptimizerFixture.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SgdTest {

  private static final double MOMENTUM = 0.9;

  private final OptimizerFixture given = new OptimizerFixture();

  @AfterEach
  void close() {
    given.close();
  }

  /** The formulas on plain numbers; a trust of 0 is no LARS. */
  private static final class Plain {
    private final double[] p;
    private final double[] mu;

    Plain(double[] p) {
      this.p = p.clone();
      mu = new double[p.length];
    }

    void step(double[] gradient, double rate, double decay, double trust) {
      double[] g = gradient.clone();
      for (int i = 0; i < g.length; i++) {
        g[i] += decay * p[i];
      }
      double ratio = trust * norm(p) / norm(g);
      for (int i = 0; i < g.length; i++) {
        mu[i] = MOMENTUM * mu[i] + (trust > 0 && ratio > 0 ? ratio : 1) * g[i];
        p[i] -= rate * mu[i];
      }
    }

    private static double norm(double[] x) {
      return Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
    }
  }

  private List<ParameterGroup> groups() {
    return List.of(
        new ParameterGroup(List.of(given.parameter("matrix"), given.parameter("idle")), 0.5, 0.2),
        new ParameterGroup(List.of(given.parameter("vector")), 2, 0.1));
  }

  @Test
  void momentumFollowsTheFormula() {
    Sgd sgd = Sgd.momentum(given.scope(), groups(), MOMENTUM);
    Plain matrix = new Plain(given.values("matrix"));
    Plain vector = new Plain(given.values("vector"));
    double[] idle = given.values("idle");
    for (int i = 0; i < 4; i++) {
      try (var step = given.step(i, "matrix", "vector")) {
        double scale = i == 2 ? 0.5 : 1;
        sgd.step(step, 0.1, scale);
        matrix.step(scaled(step.array("matrix"), scale), 0.05, 0.2, 0);
        vector.step(scaled(step.array("vector"), scale), 0.2, 0.1, 0);
      }
      assertClose(matrix.p, given.values("matrix"));
      assertClose(vector.p, given.values("vector"));
    }
    assertArrayEquals(idle, given.values("idle"), "has no gradient");
    assertEquals(Map.of("matrix", 4L, "vector", 4L, "idle", 0L), sgd.steps());
    assertClose(matrix.mu, sgd.state().get("mu.matrix").toDoubles());
  }

  private static double[] scaled(double[] x, double factor) {
    return Arrays.stream(x).map(v -> factor * v).toArray();
  }

  @Test
  void larsRescalesMatricesAndDoesNotDecayVectors() {
    double trust = 0.02;
    Sgd sgd = Sgd.lars(given.scope(), groups(), MOMENTUM, trust);
    Plain matrix = new Plain(given.values("matrix"));
    Plain vector = new Plain(given.values("vector"));
    for (int i = 0; i < 4; i++) {
      try (var step = given.step(i, "matrix", "vector")) {
        sgd.step(step, 0.1, 1);
        matrix.step(step.array("matrix"), 0.05, 0.2, trust);
        vector.step(step.array("vector"), 0.2, 0, 0);
      }
      assertClose(matrix.p, given.values("matrix"));
      assertClose(vector.p, given.values("vector"));
    }
  }

  @Test
  void larsLeavesZeroMatricesAndZeroGradientsUnscaled() {
    List<ParameterGroup> plain =
        List.of(new ParameterGroup(List.of(given.parameter("matrix")), 1, 0));
    Tensor value = given.parameter("matrix").value();
    given.scope().backend().fill(value, 0);
    Sgd sgd = Sgd.lars(given.scope(), plain, MOMENTUM, 0.02);
    try (var step = given.step(0, "matrix")) {
      double[] expected = scaled(step.array("matrix"), -0.1);
      sgd.step(step, 0.1, 1);
      assertClose(expected, given.values("matrix"));
    }
    Sgd fresh = Sgd.lars(given.scope(), plain, MOMENTUM, 0.02);
    double[] before = given.values("matrix");
    try (var step = given.step(0, "matrix")) {
      fresh.step(step, 0.1, 0);
    }
    assertArrayEquals(before, given.values("matrix"));
  }
}

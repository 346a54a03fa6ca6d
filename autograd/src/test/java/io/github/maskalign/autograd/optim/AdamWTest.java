package io.github.maskalign.autograd.optim;

import static io.github.maskalign.autograd.optim.OptimizerFixture.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.Backend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdamWTest {

  private static final AdamW.Betas BETAS = new AdamW.Betas(0.9, 0.95, 1e-8);

  private final OptimizerFixture given = new OptimizerFixture();

  @AfterEach
  void close() {
    given.close();
  }

  /** Algorithm 2 of arXiv 1711.05101 on plain numbers. */
  private static final class Plain {
    private final double[] p;
    private final double[] m;
    private final double[] v;
    private int steps;

    Plain(double[] p) {
      this.p = p.clone();
      m = new double[p.length];
      v = new double[p.length];
    }

    void step(double[] gradient, double rate, double decay, double gradientScale) {
      steps++;
      for (int i = 0; i < p.length; i++) {
        double g = gradientScale * gradient[i];
        m[i] = 0.9 * m[i] + (1 - 0.9) * g;
        v[i] = 0.95 * v[i] + (1 - 0.95) * g * g;
        double mHat = m[i] / (1 - Math.pow(0.9, steps));
        double vHat = v[i] / (1 - Math.pow(0.95, steps));
        p[i] = p[i] - rate * decay * p[i] - rate * mHat / (Math.sqrt(vHat) + 1e-8);
      }
    }
  }

  private AdamW optimizer() {
    return new AdamW(
        given.scope(),
        List.of(
            new ParameterGroup(List.of(given.parameter("matrix")), 0.5, 0.3),
            new ParameterGroup(List.of(given.parameter("vector"), given.parameter("idle")), 1, 0)),
        BETAS);
  }

  @Test
  void followsTheFormulaForGroupsRatesAndClipping() {
    AdamW adamW = optimizer();
    Plain matrix = new Plain(given.values("matrix"));
    Plain vector = new Plain(given.values("vector"));
    double[] idle = given.values("idle");
    for (int i = 0; i < 5; i++) {
      double rate = 0.1 / (i + 1);
      double scale = i == 3 ? 0.25 : 1;
      try (var step = given.step(i, "matrix", "vector")) {
        adamW.step(step, rate, scale);
        matrix.step(step.array("matrix"), 0.5 * rate, 0.3, scale);
        vector.step(step.array("vector"), rate, 0, scale);
      }
      assertClose(matrix.p, given.values("matrix"));
      assertClose(vector.p, given.values("vector"));
    }
    assertArrayEquals(idle, given.values("idle"), "has no gradient");
    assertClose(matrix.m, adamW.state().get("exp_avg.matrix").toDoubles());
    assertClose(matrix.v, adamW.state().get("exp_avg_sq.matrix").toDoubles());
  }

  @Test
  void eachParameterCountsItsOwnSteps() {
    AdamW adamW = optimizer();
    Plain matrix = new Plain(given.values("matrix"));
    Plain vector = new Plain(given.values("vector"));
    for (int i = 0; i < 6; i++) {
      boolean both = i % 3 == 2;
      try (var step = both ? given.step(i, "matrix", "vector") : given.step(i, "matrix")) {
        adamW.step(step, 0.01, 1);
        matrix.step(step.array("matrix"), 0.005, 0.3, 1);
        if (both) {
          vector.step(step.array("vector"), 0.01, 0, 1);
        }
      }
    }
    assertEquals(Map.of("matrix", 6L, "vector", 2L, "idle", 0L), adamW.steps());
    assertClose(matrix.p, given.values("matrix"));
    assertClose(vector.p, given.values("vector"));
  }

  @Test
  void withoutGradientsDecayDoesNothingEither() {
    AdamW adamW = optimizer();
    double[] before = given.values("matrix");
    try (var none = given.step(0)) {
      adamW.step(none, 0.1, 1);
    }
    assertArrayEquals(before, given.values("matrix"));
  }

  @Test
  void momentsTakeMemoryWithTheFirstGradient() {
    try (OptimizerFixture given = new OptimizerFixture()) {
      Backend backend = given.scope().backend();
      ParameterGroup all = new ParameterGroup(List.copyOf(given.parameters().trainable()), 1, 0.05);
      long before = backend.memory().live();
      AdamW optimizer = new AdamW(given.scope(), List.of(all), AdamW.Betas.DEFAULT);
      assertEquals(before, backend.memory().live());
      try (var step = given.step(0, "matrix", "vector")) {
        optimizer.step(step, 0.1, 1);
      }
      // Each of the small tensors occupies a block of 64 bytes.
      assertEquals(before + 4 * 64, backend.memory().live());
      assertArrayEquals(new double[4], optimizer.state().get("exp_avg.idle").toDoubles());
      assertEquals(before + 6 * 64, backend.memory().live());
    }
  }
}

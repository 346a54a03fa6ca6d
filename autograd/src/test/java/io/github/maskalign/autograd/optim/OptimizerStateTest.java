package io.github.maskalign.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.maskalign.tensor.Scope;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An optimizer restored from its state resumes bit-identically. */
class OptimizerStateTest {

  private static final String[] NAMES = {"matrix", "vector"};

  interface Maker extends BiFunction<Scope, List<ParameterGroup>, Optimizer> {}

  static List<Named<Maker>> makers() {
    return List.of(
        Named.of("AdamW", (s, groups) -> new AdamW(s, groups, AdamW.Betas.DEFAULT)),
        Named.of("momentum", (s, groups) -> Sgd.momentum(s, groups, 0.9)),
        Named.of("LARS", (s, groups) -> Sgd.lars(s, groups, 0.9, 0.01)));
  }

  @ParameterizedTest
  @MethodSource("makers")
  void continues(Maker maker) {
    try (OptimizerFixture straight = new OptimizerFixture();
        OptimizerFixture stopped = new OptimizerFixture()) {
      Optimizer whole = make(maker, straight);
      run(whole, straight, 0, 6);

      Optimizer before = make(maker, stopped);
      run(before, stopped, 0, 3);
      Map<String, double[]> saved = new LinkedHashMap<>();
      before.state().forEach((name, tensor) -> saved.put(name, tensor.toDoubles()));
      Optimizer after = make(maker, stopped);
      saved.forEach((name, values) -> write(stopped, after, name, values));
      after.restoreSteps(before.steps());
      run(after, stopped, 3, 6);

      for (String name : NAMES) {
        assertArrayEquals(straight.values(name), stopped.values(name), name);
      }
      assertEquals(whole.steps(), after.steps());
    }
  }

  /** Without restoring, the result differs, so the test above can fail. */
  @ParameterizedTest
  @MethodSource("makers")
  void theStateMatters(Maker maker) {
    try (OptimizerFixture straight = new OptimizerFixture();
        OptimizerFixture stopped = new OptimizerFixture()) {
      run(make(maker, straight), straight, 0, 6);
      run(make(maker, stopped), stopped, 0, 3);
      run(make(maker, stopped), stopped, 3, 6);
      assertFalse(Arrays.equals(straight.values("matrix"), stopped.values("matrix")));
    }
  }

  private static Optimizer make(Maker maker, OptimizerFixture given) {
    ParameterGroup group = new ParameterGroup(List.copyOf(given.parameters().trainable()), 1, 0.05);
    return maker.apply(given.scope(), List.of(group));
  }

  private static void run(Optimizer optimizer, OptimizerFixture given, int from, int to) {
    for (int i = from; i < to; i++) {
      try (var step = given.step(i, NAMES)) {
        optimizer.step(step, 0.1, 1);
      }
    }
  }

  private static void write(
      OptimizerFixture given, Optimizer optimizer, String name, double[] values) {
    try (Scope scope = given.scope().child("restore")) {
      var target = optimizer.state().get(name);
      scope.backend().copy(scope.ops().of(values, target.shape().dims()), target);
    }
  }
}

package io.github.maskalign.autograd.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.GradientCheck;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchNormTest {

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  private final Parameters parameters = Parameters.initialized(scope, DType.F64, 0);
  private final BatchNorm norm = BatchNorm.create(parameters.root(), 2, 0, 0.25);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  @Test
  void trainingUsesTheBatchAndMovesTheRunningStatistics() {
    // Channels 1, 3 and 4, 8: means 2 and 6, biased variances 1 and 4, unbiased 2 and 8.
    Tensor x = scope.ops().of(new double[] {1, 4, 3, 8}, 2, 2);
    assertArrayEquals(new double[] {-1, -1, 1, 1}, norm.train(scope.ops(), x).toDoubles(), 1e-12);
    assertArrayEquals(new double[] {0.5, 1.5}, running("running_mean"), 1e-12);
    assertArrayEquals(new double[] {1.25, 2.75}, running("running_var"), 1e-12);
  }

  @Test
  void evaluationUsesTheRunningStatisticsAndLeavesThem() {
    norm.train(scope.ops(), scope.ops().of(new double[] {1, 4, 3, 8}, 2, 2));
    Tensor y = norm.evaluate(scope.ops(), scope.ops().of(new double[] {0.5, 7}, 1, 2));
    assertArrayEquals(new double[] {0, 5.5 / Math.sqrt(2.75)}, y.toDoubles(), 1e-12);
    assertArrayEquals(new double[] {0.5, 1.5}, running("running_mean"), 1e-12);
  }

  @Test
  void derivativeGoesThroughTheStatistics() {
    Tensor x = scope.ops().of(new double[] {1, 4, 3, 8, -2, 0.5}, 3, 2);
    GradientCheck.Result result =
        new GradientCheck(scope, 1).check(List.of(x), (ops, in) -> norm.train(ops, in.getFirst()));
    assertTrue(result.error() < 1e-7, result::toString);
  }

  @Test
  void oneRowHasNoVariance() {
    Tensor x = scope.ops().of(new double[] {1, 2}, 1, 2);
    assertThrows(ShapeException.class, () -> norm.train(scope.ops(), x));
  }

  private double[] running(String name) {
    return parameters.get(name).value().toDoubles();
  }
}

package io.github.maskalign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlignmentLossTest {

  private final Backend backend = Nets.reference();
  private final Scope scope = Scope.root(backend, "test");
  private final Ops ops = scope.ops();

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private double distance(LossKind kind, double error) {
    Tensor target = ops.of(new double[] {1, 2}, 2);
    Tensor prediction = ops.of(new double[] {1 + error, 2 - error}, 2);
    return AlignmentLoss.distance(ops, kind, prediction, target).item();
  }

  @Test
  void distancesOfASmallAndOfALargeError() {
    assertEquals(0.25, distance(LossKind.L2, 0.5), 1e-15);
    assertEquals(0.5, distance(LossKind.L1, 0.5), 1e-15);
    assertEquals(0.25, distance(LossKind.SMOOTH_L1, 0.5), 1e-15);
    assertEquals(0.125, distance(LossKind.SMOOTH_L1_PAPER, 0.5), 1e-15);
    assertEquals(9, distance(LossKind.L2, 3), 1e-15);
    assertEquals(3, distance(LossKind.L1, 3), 1e-15);
    assertEquals(5, distance(LossKind.SMOOTH_L1, 3), 1e-15);
    assertEquals(2.5, distance(LossKind.SMOOTH_L1_PAPER, 3), 1e-15);
  }

  /** A run whose loss stays here has learned nothing. */
  @Test
  void predictingZeroForNormalTargetsCostsThis() {
    Tensor targets = Nets.normal(scope, DType.F64, 1, 400, 500);
    Tensor zeros = ops.zeros(DType.F64, targets.shape());
    assertEquals(
        0.85, AlignmentLoss.distance(ops, LossKind.SMOOTH_L1, zeros, targets).item(), 0.01);
    assertEquals(1, AlignmentLoss.distance(ops, LossKind.L2, zeros, targets).item(), 0.01);
  }

  @Test
  void levelsAreWeightedInTheTotalAndPlainInTheParts() {
    Dimensions net = new Dimensions(3, 2, 4);
    AlignmentConfig config =
        AlignmentConfig.released()
            .withLoss(LossKind.L1)
            .withMask(AlignmentConfig.released().mask(), 0)
            .withLevelWeights(new LevelWeights.LinearDecay());
    AlignmentPlan plan = config.plan(net, net);
    Tensor zero = ops.of(new double[] {0, 0}, 1, 1, 2);
    List<Tensor> predictions =
        List.of(ops.of(new double[] {3, 3}, 1, 1, 2), ops.of(new double[] {6, 12}, 1, 1, 2));
    AlignmentLoss loss = AlignmentLoss.of(ops, plan, predictions, List.of(zero, zero));
    assertEquals(3, loss.levels().get(0).item());
    assertEquals(9, loss.levels().get(1).item());
    assertEquals(3 / 3.0 + 9 * 2 / 3.0, loss.total().item(), 1e-15);
    assertThrows(
        ShapeException.class, () -> AlignmentLoss.of(ops, plan, predictions, List.of(zero)));
  }
}

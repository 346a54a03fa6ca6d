package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.GradientCheck;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PositionTableTest {

  private static final double ROUNDING = 1e-12;

  private final Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
  private final Scope scope = Scope.root(choice.backend(), "test");
  private final Ops ops = scope.ops();

  @AfterEach
  void close() {
    scope.close();
    choice.close();
  }

  private Tensor ramp(int... dims) {
    double[] values = new double[(int) Shape.of(dims).size()];
    Arrays.setAll(values, i -> Math.sin(i * 0.7) + i * 0.01);
    return ops.of(values, dims);
  }

  @Test
  void sincosPutsColumnsFirst() {
    float[] table = PositionTable.sincos(8, Grid.square(3), 1);
    assertEquals(10 * 8, table.length);
    float[] prefix = Arrays.copyOf(table, 8);
    assertArrayEquals(new float[8], prefix);
    // Patch 5 is column 2, row 1; frequencies 1 and 1/100.
    float[] expected = {
      (float) Math.sin(2), (float) Math.sin(0.02), (float) Math.cos(2), (float) Math.cos(0.02),
      (float) Math.sin(1), (float) Math.sin(0.01), (float) Math.cos(1), (float) Math.cos(0.01)
    };
    assertArrayEquals(expected, Arrays.copyOfRange(table, 6 * 8, 7 * 8), 1e-7f);
  }

  @Test
  void bicubicWeightsOfHalvingAreKeysKernel() {
    // At the middle between two samples: (-3, 19, 19, -3) / 32 for a = -0.75.
    double[] weights = Resampling.BICUBIC.weights(8, 4);
    double[] second = Arrays.copyOfRange(weights, 8, 16);
    double[] expected = {0, -3 / 32., 19 / 32., 19 / 32., -3 / 32., 0, 0, 0};
    assertArrayEquals(expected, second, ROUNDING);
    // The first tap is outside and takes the edge's value.
    double[] first = Arrays.copyOfRange(weights, 0, 8);
    assertArrayEquals(new double[] {16 / 32., 19 / 32., -3 / 32., 0, 0, 0, 0, 0}, first, ROUNDING);
  }

  @Test
  void bicubicWeightsSumToOne() {
    for (int[] sizes : new int[][] {{1, 5}, {4, 7}, {7, 3}, {16, 14}, {224, 196}}) {
      double[] weights = Resampling.BICUBIC.weights(sizes[0], sizes[1]);
      for (int i = 0; i < sizes[1]; i++) {
        double sum = Arrays.stream(weights, i * sizes[0], (i + 1) * sizes[0]).sum();
        assertEquals(1, sum, ROUNDING);
      }
    }
  }

  @Test
  void resizeTreatsAxesAlike() {
    Tensor x = ramp(2, 5, 4);
    double[] there = Resampling.BICUBIC.resize(ops, x, 3, 7).toDoubles();
    Tensor turned = ops.transpose(Resampling.BICUBIC.resize(ops, ops.transpose(x), 7, 3));
    assertArrayEquals(there, turned.toDoubles(), ROUNDING);
    assertSame(x, Resampling.BICUBIC.resize(ops, x, 5, 4));
  }

  @Test
  void resizeIsDifferentiable() {
    GradientCheck check = new GradientCheck(scope, 1);
    double error =
        check
            .check(
                List.of(ramp(2, 5, 4)),
                (o, in) -> Resampling.BICUBIC.resize(o, in.getFirst(), 8, 3))
            .error();
    assertTrue(error < 1e-7, () -> "error " + error);
    double tableError =
        check
            .check(
                List.of(ramp(1, 11, 4)),
                (o, in) ->
                    PositionTable.resize(
                        o, in.getFirst(), 2, Grid.square(3), Grid.square(4), Resampling.BICUBIC))
            .error();
    assertTrue(tableError < 1e-7, () -> "error " + tableError);
  }

  @Test
  void resizingATableKeepsThePrefixAndResizesEachChannel() {
    Tensor table = ramp(1, 2 + 9, 3);
    Tensor resized =
        PositionTable.resize(ops, table, 2, Grid.square(3), Grid.square(5), Resampling.BICUBIC);
    assertEquals(Shape.of(1, 2 + 25, 3), resized.shape());
    assertArrayEquals(
        ops.slice(table, 1, 0, 2).toDoubles(), ops.slice(resized, 1, 0, 2).toDoubles());
    Tensor channel = ops.slice(ops.slice(table, 1, 2, 11), 2, 1, 2);
    double[] expected =
        Resampling.BICUBIC.resize(ops, ops.reshape(channel, 3, 3), 5, 5).toDoubles();
    Tensor got = ops.slice(ops.slice(resized, 1, 2, 27), 2, 1, 2);
    assertArrayEquals(expected, got.toDoubles(), ROUNDING);
    assertSame(
        table,
        PositionTable.resize(ops, table, 2, Grid.square(3), Grid.square(3), Resampling.BICUBIC));
  }

  @Test
  void refusesTablesThatAreNoSquare() {
    assertThrows(
        ShapeException.class,
        () ->
            PositionTable.resize(
                ops, ramp(1, 9, 4), 1, Grid.square(3), Grid.square(4), Resampling.BICUBIC));
    assertThrows(ShapeException.class, () -> PositionTable.sincos(6, Grid.square(2), 0));
    assertThrows(ShapeException.class, () -> Resampling.BICUBIC.resize(ops, ramp(4), 2, 2));
  }
}

package io.github.maskalign.autograd.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.GradientFixture;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InitTest {

  private static final int ROWS = 60;
  private static final int COLUMNS = 90;

  private final GradientFixture given = new GradientFixture();

  @AfterEach
  void close() {
    given.close();
  }

  private static float[] fill(Init init, int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.size()];
    init.fill(values, shape, Philox.of(3).stream("init"));
    return values;
  }

  private static double mean(float[] values, int power) {
    double sum = 0;
    for (float value : values) {
      sum += Math.pow(value, power);
    }
    return sum / values.length;
  }

  @Test
  void xavierFillsItsBoundEvenly() {
    double bound = Math.sqrt(6.0 / (ROWS + COLUMNS));
    float[] values = fill(Init.xavierUniform(), ROWS, COLUMNS);
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest <= bound && largest > 0.99 * bound, "largest " + largest);
    // The mean of n uniform values strays by bound / sqrt(3 n), their square by about as little.
    double stray = 4 * bound / Math.sqrt(3.0 * values.length);
    assertEquals(0, mean(values, 1), stray);
    assertEquals(bound * bound / 3, mean(values, 2), bound * stray);
  }

  @Test
  void normalHasItsDeviation() {
    double deviation = 0.02;
    float[] values = fill(Init.normal(deviation), ROWS, COLUMNS);
    double stray = 4 / Math.sqrt(values.length);
    assertEquals(0, mean(values, 1), deviation * stray);
    assertEquals(deviation, Math.sqrt(mean(values, 2)), deviation * stray);
    assertEquals(3 * Math.pow(deviation, 4), mean(values, 4), 10 * stray * Math.pow(deviation, 4));
  }

  @Test
  void constantAndGivenValues() {
    assertArrayEquals(new float[] {1, 1}, fill(Init.ones(), 2));
    assertArrayEquals(new float[] {0, 0}, fill(Init.zeros(), 2));
    assertArrayEquals(new float[] {3, 4}, fill(Init.of(new float[] {3, 4}), 2));
    assertThrows(ShapeException.class, () -> fill(Init.of(new float[] {3, 4, 5}), 2));
    assertThrows(ShapeException.class, () -> fill(Init.of(new float[] {3}), 2));
  }

  @Test
  void firstValuesDependOnSeedAndNameOnly() {
    float[] alone = parameters(7, List.of("b")).get("b.weight").value().toFloats();
    Parameters many = parameters(7, List.of("a", "b", "c"));
    Parameters backwards = parameters(7, List.of("c", "b", "a"));
    for (String name : List.of("a.weight", "b.weight", "c.weight")) {
      assertArrayEquals(
          many.get(name).value().toFloats(), backwards.get(name).value().toFloats(), name);
    }
    assertArrayEquals(alone, many.get("b.weight").value().toFloats());
    assertFalse(Arrays.equals(alone, many.get("a.weight").value().toFloats()));
    float[] otherSeed = parameters(8, List.of("b")).get("b.weight").value().toFloats();
    assertFalse(Arrays.equals(alone, otherSeed));
  }

  private Parameters parameters(long seed, List<String> layers) {
    Parameters parameters = Parameters.initialized(given.scope(), DType.F32, seed);
    layers.forEach(name -> Linear.create(parameters.root().at(name), 3, 2));
    return parameters;
  }

  @Test
  void parametersAreKeptInOrderByUniqueName() {
    Parameters parameters = parameters(1, List.of("b", "a"));
    parameters.root().addFixed("position", Init.zeros(), 5);
    assertEquals(
        List.of("b.weight", "b.bias", "a.weight", "a.bias", "position"),
        parameters.all().stream().map(Parameter::name).toList());
    assertEquals(4, parameters.trainable().size());
    assertEquals(16, parameters.trainableSize());
    assertFalse(parameters.get("position").trainable());
    assertThrows(ArgumentException.class, () -> Linear.create(parameters.root().at("a"), 3, 2));
  }

  @Test
  void withoutRandomNumbersOnlyFixedParametersGetTheirValues() {
    Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
    Parameters.Path root = parameters.root();
    assertArrayEquals(new float[2], root.add("weight", Init.ones(), 2).toFloats());
    assertArrayEquals(new float[] {1, 1}, root.addFixed("table", Init.ones(), 2).toFloats());
  }
}

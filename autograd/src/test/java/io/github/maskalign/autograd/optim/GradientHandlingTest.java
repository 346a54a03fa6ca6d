package io.github.maskalign.autograd.optim;

import static io.github.maskalign.autograd.optim.OptimizerFixture.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.GradientFixture;
import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Accumulation, the global norm and clipping. */
class GradientHandlingTest {

  @Test
  void threeSmallBatchesAreOneBigOne() {
    try (GradientFixture given = new GradientFixture()) {
      Parameters parameters = Parameters.initialized(given.scope(), DType.F64, 1);
      Linear layer = Linear.create(parameters.root(), 4, 3);
      Tensor x = given.normal(6, 4);
      Tensor y = given.ops().softmax(given.normal(6, 3));
      GradientAccumulator buffer = new GradientAccumulator(given.scope(), parameters.all());
      for (int from = 0; from < 6; from += 2) {
        try (Tape tape = Tape.open(given.scope(), "small")) {
          buffer.add(gradients(tape, parameters, layer, x, y, from, from + 2), 1.0 / 3);
        }
      }
      try (Tape tape = Tape.open(given.scope(), "big")) {
        Gradients big = gradients(tape, parameters, layer, x, y, 0, 6);
        for (Parameter parameter : parameters.all()) {
          Tensor value = parameter.value();
          assertClose(big.of(value).toDoubles(), buffer.of(value).toDoubles());
        }
      }
      buffer.clear();
      assertNull(buffer.of(parameters.get("weight").value()));
    }
  }

  private static Gradients gradients(
      Tape tape, Parameters parameters, Linear layer, Tensor x, Tensor y, int from, int to) {
    tape.watchAll(parameters.trainableValues());
    Tensor logits = layer.forward(tape, tape.slice(x, 0, from, to));
    return tape.backward(tape.crossEntropy(logits, tape.slice(y, 0, from, to)));
  }

  @Test
  void bufferHasNoGradientWhereThereWasNone() {
    try (OptimizerFixture given = new OptimizerFixture();
        var step = given.step(0, "matrix")) {
      GradientAccumulator buffer = new GradientAccumulator(given.scope(), given.parameters().all());
      buffer.add(step, 2);
      buffer.add(step, 0.5);
      double[] expected = step.array("matrix").clone();
      for (int i = 0; i < expected.length; i++) {
        expected[i] *= 2.5;
      }
      assertClose(expected, buffer.of(given.parameter("matrix").value()).toDoubles());
      assertNull(buffer.of(given.parameter("idle").value()));
    }
  }

  @Test
  void normIsOverAllElementsOfAllGradients() {
    try (GradientFixture given = new GradientFixture()) {
      Tensor a = given.ops().of(new double[] {1, 2, 4}, 3);
      Tensor b = given.ops().of(new double[] {-2, 0}, 1, 2);
      assertEquals(5, GradientNorm.of(given.scope(), List.of(a, b)), 1e-14);
      assertEquals(0, GradientNorm.of(given.scope(), List.of()));
    }
  }

  @Test
  void normSkipsParametersWithoutGradient() {
    try (OptimizerFixture given = new OptimizerFixture();
        var step = given.step(0, "matrix", "vector")) {
      double squares = 0;
      for (String name : List.of("matrix", "vector")) {
        for (double g : step.array(name)) {
          squares += g * g;
        }
      }
      double norm = GradientNorm.of(given.scope(), step, given.parameters().all());
      assertEquals(Math.sqrt(squares), norm, 1e-13);
    }
  }

  @Test
  void clippingBringsLargeNormsDownAndLeavesSmallOnes() {
    assertEquals(1, GradientNorm.clipFactor(2.9, 3));
    assertEquals(1, GradientNorm.clipFactor(0, 3));
    double factor = GradientNorm.clipFactor(12, 3);
    assertEquals(3, factor * 12, 1e-6);
    assertTrue(factor * 12 < 3);
    assertEquals(Double.NaN, GradientNorm.clipFactor(Double.NaN, 3));
  }
}

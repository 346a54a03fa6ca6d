package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Recomputed blocks give the same gradients from less memory. */
class RecomputeTest {

  private static final ViTConfig CONFIG = ViTConfig.of(8, 2, 16, 8, 2).withMlp(4, Activation.GELU);
  private static final StochasticDepth DEPTH =
      StochasticDepth.linear(
          0.5, 8, (block, branch, batch) -> new float[] {0.9f, branch == 0 ? 0.1f : 0.8f});

  private final Backends.Choice choice = Backends.open("cpu", BackendOptions.defaults());
  private final Scope scope = Scope.root(choice.backend(), "test");
  private final Parameters parameters = Parameters.initialized(scope, DType.F32, 5);
  private final ViT vit = ViT.create(parameters.root(), CONFIG);
  private final Tensor images = images();

  @AfterEach
  void close() {
    scope.close();
    choice.close();
  }

  private Tensor images() {
    float[] values = new float[2 * 3 * 8 * 8];
    Philox.of(11).stream("images").fillNormal(values, 0);
    return scope.ops().of(values, 2, 3, 8, 8);
  }

  private record Outcome(double loss, Map<String, float[]> gradients, long keptBytes) {}

  /** A step whose loss depends on every level. */
  private Outcome step(boolean recompute) {
    ForwardRequest request =
        ForwardRequest.plain()
            .withAllLevels()
            .withStochasticDepth(DEPTH)
            .withImportance(Importance.CLASS_ATTENTION)
            .withRecompute(recompute);
    long before = choice.backend().memory().live();
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      ForwardResult features = vit.forward(tape, images, request);
      long kept = choice.backend().memory().live() - before;
      List<Tensor> sums =
          features.levels().stream()
              .map(level -> tape.reshape(tape.mean(tape.unary(UnaryOp.SQUARE, level), false), 1))
              .toList();
      Tensor loss = tape.sum(tape.concat(sums, 0), false);
      double value = loss.item();
      Gradients found = tape.backward(loss);
      Map<String, float[]> gradients = new LinkedHashMap<>();
      parameters
          .trainable()
          .forEach(
              parameter -> {
                Tensor gradient = found.of(parameter.value());
                if (gradient != null) {
                  gradients.put(parameter.name(), gradient.toFloats());
                }
              });
      return new Outcome(value, gradients, kept);
    }
  }

  @Test
  void sameBitsFromLessMemory() {
    Outcome kept = step(false);
    Outcome again = step(true);
    assertEquals(kept.loss(), again.loss());
    assertEquals(kept.gradients().keySet(), again.gradients().keySet());
    assertTrue(again.gradients().containsKey("blocks.0.norm1.weight"));
    kept.gradients()
        .forEach((name, values) -> assertArrayEquals(values, again.gradients().get(name), name));
    // A block keeps 16 times the width per token, or its input alone when recomputed.
    assertTrue(
        again.keptBytes() < kept.keptBytes() / 4,
        () -> again.keptBytes() + " of " + kept.keptBytes());
  }
}

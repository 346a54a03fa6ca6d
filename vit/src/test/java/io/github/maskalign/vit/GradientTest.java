package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Gradients of whole networks compared with finite differences along a random direction of each
 * parameter.
 */
class GradientTest {

  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-7;
  private static final ViTConfig CONFIG = ViTConfig.of(6, 2, 8, 2, 2).withMlp(2, Activation.GELU);

  private final Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
  private final Scope scope = Scope.root(choice.backend(), "test");
  private final Parameters parameters = Parameters.initialized(scope, DType.F64, 5);

  @AfterEach
  void close() {
    scope.close();
    choice.close();
  }

  private Tensor normal(String name, int... dims) {
    int size = 1;
    for (int dim : dims) {
      size *= dim;
    }
    float[] values = new float[size];
    Philox.of(11).stream(name).fillNormal(values, 0);
    return scope.ops().cast(scope.ops().of(values, dims), DType.F64);
  }

  /** Moves biases and norms away from 0 and 1, so that no gradient is a special case. */
  private void disturb() {
    for (Parameter parameter : parameters.trainable()) {
      Tensor value = parameter.value();
      Tensor noise = normal("disturb " + parameter.name(), value.shape().dims()).scale(0.2);
      scope.backend().copy(value.add(noise), value);
    }
  }

  private void check(Function<Ops, Tensor> loss) {
    disturb();
    List<Tensor> gradients = new ArrayList<>();
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      Gradients found = tape.backward(loss.apply(tape));
      for (Parameter parameter : parameters.trainable()) {
        Tensor gradient = found.of(parameter.value());
        assertNotNull(gradient, parameter.name());
        gradients.add(scope.ops().of(gradient.toDoubles(), gradient.shape().dims()));
      }
    }
    int i = 0;
    for (Parameter parameter : parameters.trainable()) {
      Tensor value = parameter.value();
      Tensor direction = normal(parameter.name(), value.shape().dims());
      double analytic = gradients.get(i++).mul(direction).sum().item();
      Tensor original = scope.eager().copy(value);
      scope.backend().copy(original.add(direction.scale(STEP)), value);
      double above = value(loss);
      scope.backend().copy(original.sub(direction.scale(STEP)), value);
      double below = value(loss);
      scope.backend().copy(original, value);
      double numeric = (above - below) / (2 * STEP);
      double bound = TOLERANCE * (1 + Math.abs(numeric));
      assertEquals(numeric, analytic, bound, parameter.name());
    }
  }

  private double value(Function<Ops, Tensor> loss) {
    try (Scope inner = scope.child("value")) {
      return loss.apply(inner.ops()).item();
    }
  }

  private static Tensor weighted(Ops ops, Tensor x, Tensor weights) {
    return ops.sum(ops.mul(x, weights), false);
  }

  @Test
  void studentOnSomePatchesWithStochasticDepthAndAllLevels() {
    ViTConfig config = CONFIG.withPositions(PositionEmbedding.LEARNED).withPrefixTokens(2);
    ViT vit = ViT.create(parameters.root(), config);
    Tensor images = normal("images", 3, 3, 6, 6);
    Tensor ids = scope.ops().of(new int[] {1, 7, 4, 0, 2, 8, 5, 3, 6, 4, 4, 1}, 3, 4);
    StochasticDepth depth =
        StochasticDepth.linear(
            0.5, 2, (block, branch, batch) -> new float[] {0.9f, branch == 0 ? 0.1f : 0.8f, 0.7f});
    ForwardRequest request =
        ForwardRequest.plain().withKeep(ids).withAllLevels().withStochasticDepth(depth);
    Tensor first = normal("first", 3, 6, 8);
    Tensor last = normal("last", 3, 6, 8);
    check(
        ops -> {
          List<Tensor> levels = vit.forward(ops, images, request).levels();
          Tensor normed = vit.normalized(ops, levels.getLast());
          return ops.add(weighted(ops, levels.getFirst(), first), weighted(ops, normed, last));
        });
  }

  @Test
  void networkInClipFamily() {
    ViT vit = ViT.create(parameters.root(), CONFIG.asClip());
    Tensor images = normal("images", 2, 3, 6, 6);
    Tensor weights = normal("weights", 2, 10, 8);
    check(ops -> weighted(ops, vit.normalized(ops, vit.forward(ops, images)), weights));
  }

  @Test
  void networkInDinoV3FamilyOnSomePatches() {
    ViTConfig config = CONFIG.asDinoV3(2).withActivation(Activation.SWIGLU);
    ViT vit = ViT.create(parameters.root(), config);
    Tensor images = normal("images", 2, 3, 6, 6);
    Tensor ids = scope.ops().of(new int[] {1, 7, 4, 0, 2, 8, 5, 3}, 2, 4);
    Tensor weights = normal("weights", 2, 8);
    ForwardRequest request = ForwardRequest.plain().withKeep(ids);
    check(
        ops -> {
          Tensor tokens = vit.forward(ops, images, request).tokens();
          return weighted(ops, vit.pooled(ops, tokens), weights);
        });
  }

  @Test
  void networkInDinoV2Family() {
    ViT vit = ViT.create(parameters.root(), CONFIG.asDinoV2(2));
    Tensor images = normal("images", 2, 3, 6, 6);
    Tensor weights = normal("weights", 2, 12, 8);
    check(ops -> weighted(ops, vit.normalized(ops, vit.forward(ops, images)), weights));
  }

  @Test
  void networkInSiglipFamily() {
    ViT vit = ViT.create(parameters.root(), CONFIG.asSiglip());
    Tensor images = normal("images", 2, 3, 6, 6);
    Tensor weights = normal("weights", 2, 8);
    check(ops -> weighted(ops, vit.pooled(ops, vit.forward(ops, images)), weights));
  }

  @Test
  void classifierWithMeanPooling() {
    checkClassifier(Pooling.MEAN_PATCHES);
  }

  @Test
  void classifierWithClassToken() {
    checkClassifier(Pooling.CLASS_TOKEN);
  }

  private void checkClassifier(Pooling pooling) {
    ViTClassifier model = ViTClassifier.create(parameters.root(), CONFIG, pooling, 3);
    Tensor images = normal("images", 2, 3, 6, 6);
    Tensor targets = scope.ops().of(new double[] {0.1, 0.2, 0.7, 0.5, 0.5, 0}, 2, 3);
    check(ops -> ops.crossEntropy(model.forward(ops, images), targets));
  }

  @Test
  void fixedPositionsAndTheUnusedNormGetNoGradient() {
    ViT vit = ViT.create(parameters.root(), CONFIG);
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      Gradients gradients =
          tape.backward(tape.sum(vit.forward(tape, normal("images", 1, 3, 6, 6)), false));
      assertNull(gradients.of(parameters.get("pos_embed").value()));
      assertNull(gradients.of(parameters.get("norm.weight").value()));
      assertNotNull(gradients.of(parameters.get("cls_token").value()));
    }
  }

  @Test
  void attentionIsNotRecorded() {
    ViT vit = ViT.create(parameters.root(), CONFIG);
    Tensor images = normal("images", 1, 3, 6, 6);
    try (Tape plain = Tape.open(scope, "plain");
        Tape asking = Tape.open(scope, "asking")) {
      plain.watchAll(parameters.trainableValues());
      asking.watchAll(parameters.trainableValues());
      vit.forward(plain, images, ForwardRequest.plain());
      ForwardRequest request = ForwardRequest.plain().withImportance(Importance.CLASS_ATTENTION);
      Tensor importance = vit.forward(asking, images, request).importance();
      assertEquals(plain.size(), asking.size());
      assertTrue(importance.owner() == asking.scope());
    }
  }
}

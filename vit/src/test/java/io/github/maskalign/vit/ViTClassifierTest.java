package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViTClassifierTest {

  @Test
  void logitsAreTheMeanOfBothHeads() {
    ViTConfig plain = ViTConfig.of(8, 4, 12, 2, 3);
    ViTConfig config = plain.withTokens(plain.tokens().withDistillationToken(true));
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      Pooling both = Pooling.CLASS_AND_DISTILLATION;
      ViTClassifier network = ViTClassifier.create(parameters.root(), config, both, 4);
      Ops ops = scope.ops();
      Tensor images = ops.uniform(Philox.of(2), 2, 3, 8, 8);
      List<Tensor> each = network.headLogits(ops, network.features(ops, images, null));
      float[] first = each.getFirst().toFloats();
      float[] second = each.getLast().toFloats();
      float[] mean = new float[first.length];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (first[i] + second[i]) / 2;
      }
      assertArrayEquals(mean, network.forward(ops, images).toFloats(), 1e-6f);
      assertEquals(8, mean.length);
      assertThrows(
          ShapeException.class, () -> ViTClassifier.create(parameters.root(), plain, both, 4));
    }
  }
}

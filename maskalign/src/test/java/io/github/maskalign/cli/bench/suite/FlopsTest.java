package io.github.maskalign.cli.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.Dimensions;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import org.junit.jupiter.api.Test;

class FlopsTest {

  /** The paper's 17.6 billion multiply-adds a picture, classifier apart (arXiv 2010.11929). */
  @Test
  void aForwardPassOfViTBase() {
    ViTConfig base = ViTConfig.base(224, 16);
    double one = Flops.forward(base, 1, 197);
    assertEquals(2 * 17.6e9, one, 2 * 0.1e9);
    assertEquals(4 * one, Flops.forward(base, 4, 197), 1);
    // A token costs two rows of scores, the projection and two layers of the MLP.
    double token = 2 * (2 * 197 * 768 + 768 * 768 + 2 * 768 * 3072);
    assertEquals(one - 137 * token, Flops.forward(base, 1, 60), 1);
  }

  /** Width 4, one block of one head with an MLP of 16; 3 of 4 patches of 2 x 2 x 1 are seen. */
  @Test
  void aStepByHand() {
    ViTConfig config = ViTConfig.of(4, 2, 4, 1, 1).withChannels(1);
    AlignmentConfig released = AlignmentConfig.released();
    AlignmentPlan plan =
        released
            .withMask(released.mask(), 0.25)
            .plan(new Dimensions(1, 4, 4), new Dimensions(1, 6, 4));
    double embedding = 2 * 3 * 4 * 4;
    double linear = 2 * 4 * (4 * 12 + 4 * 4 + 2 * 4 * 16);
    double attention = 2 * 2 * 4 * 4 * 4;
    double head = 2 * 4 * 4 * 6;
    assertEquals(
        2 * (2 * embedding + 3 * (linear + attention + head)), Flops.step(plan, config, 2));
  }

  @Test
  void attentionIsTwoProductsAndItsDerivativeFour() {
    assertEquals(2 * Flops.product(5, 5, 8) * 3, Flops.attention(3, 5, 8));
    assertEquals(4 * Flops.product(5, 5, 8) * 3, Flops.attentionGrad(3, 5, 8));
  }

  @Test
  void parametersAreThoseOfTheNetwork() {
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "network")) {
      Parameters parameters = Parameters.uninitialized(scope, DType.F32);
      ViT.create(parameters.root(), ModelSize.TINY.config());
      assertEquals(parameters.trainableSize(), ModelSize.TINY.parameters());
    }
  }
}

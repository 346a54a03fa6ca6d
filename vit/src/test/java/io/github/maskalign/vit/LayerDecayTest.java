package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LayerDecayTest {

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  private final LayerDecay decay = new LayerDecay(2, 0.5, 0.1);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  @Test
  void everyParameterIsInOneGroupOfItsLayer() {
    Collection<Parameter> parameters = classifier();
    Map<String, ParameterGroup> byName = new HashMap<>();
    for (ParameterGroup group : decay.groups(parameters)) {
      for (Parameter parameter : group.parameters()) {
        assertEquals(null, byName.put(parameter.name(), group));
      }
    }
    assertEquals(parameters.size(), byName.size());
    assertGroup(byName.get("cls_token"), 0.125, 0);
    assertGroup(byName.get("pos_embed"), 0.125, 0);
    assertGroup(byName.get("patch_embed.proj.weight"), 0.125, 0.1);
    assertGroup(byName.get("patch_embed.proj.bias"), 0.125, 0);
    assertGroup(byName.get("blocks.0.attn.qkv.weight"), 0.25, 0.1);
    assertGroup(byName.get("blocks.1.norm1.weight"), 0.5, 0);
    assertGroup(byName.get("fc_norm.weight"), 1, 0);
    assertGroup(byName.get("head.weight"), 1, 0.1);
  }

  @Test
  void groupsComeInOrderOfFirstAppearance() {
    List<ParameterGroup> groups = decay.groups(classifier());
    assertEquals(8, groups.size());
    assertEquals("cls_token", groups.getFirst().parameters().getFirst().name());
    assertEquals("patch_embed.proj.weight", groups.get(1).parameters().getFirst().name());
  }

  @Test
  void blockAboveTheDepthIsRefused() {
    Collection<Parameter> parameters = classifier();
    assertThrows(ArgumentException.class, () -> new LayerDecay(1, 0.5, 0).groups(parameters));
  }

  private Collection<Parameter> classifier() {
    Parameters parameters = Parameters.uninitialized(scope, DType.F32);
    ViTConfig config = ViTConfig.of(8, 4, 8, 2, 2).withPositions(PositionEmbedding.LEARNED);
    ViTClassifier.create(parameters.root(), config, Pooling.MEAN_PATCHES, 3);
    return parameters.trainable();
  }

  private static void assertGroup(ParameterGroup group, double scale, double weightDecay) {
    assertEquals(scale, group.rateScale());
    assertEquals(weightDecay, group.weightDecay());
  }
}

package io.github.maskalign.vit.weights.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierCardTest {

  private static final ViTConfig SMALL = ViTConfig.of(8, 4, 12, 1, 3);

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private ClassifierCard read(boolean probe, ClassifierCard card) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    if (probe) {
      LinearProbe.create(parameters.root(), SMALL, Pooling.CLASS_TOKEN, 3);
    } else {
      ViTClassifier.create(parameters.root(), SMALL, Pooling.CLASS_TOKEN, 3);
    }
    Path path = folder.resolve("model.safetensors");
    Weights.save(path, parameters, card.metadata(ChannelStats.imageNet()));
    try (NetworkFile file = NetworkFile.open(path)) {
      return ClassifierCard.find(file).orElseThrow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"head\":null,\"classes\":[]}", "{\"head\":\"CLS\",\"classes\":null}"})
  void aCardWithoutAHeadOrClassesIsRefused(String card) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViTClassifier.create(parameters.root(), SMALL, Pooling.CLASS_TOKEN, 3);
    Path path = folder.resolve("model.safetensors");
    Weights.save(path, parameters, Map.of("classifier", card));
    try (NetworkFile file = NetworkFile.open(path)) {
      assertEquals(
          path + ", metadata 'classifier': a required value of ClassifierCard is null",
          assertThrows(FormatException.class, () -> ClassifierCard.find(file)).getMessage());
    }
  }

  @Test
  void theHeadHasARowForEachClass() {
    for (boolean probe : new boolean[] {false, true}) {
      ClassifierCard.Head head = probe ? ClassifierCard.Head.PROBE_CLS : ClassifierCard.Head.CLS;
      ClassifierCard whole = new ClassifierCard(head, List.of("a", "b", "c"));
      assertEquals(whole, read(probe, whole));
      ClassifierCard other = new ClassifierCard(head, List.of("a", "b", "c", "d"));
      String message = assertThrows(FormatException.class, () -> read(probe, other)).getMessage();
      assertTrue(message.contains("4 classes, but 'head."), message);
    }
  }
}

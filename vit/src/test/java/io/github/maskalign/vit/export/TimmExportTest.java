package io.github.maskalign.vit.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.SavedNetwork;
import io.github.maskalign.vit.weights.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimmExportTest {

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  @Test
  void anExportReadsBackToTheSameBits() {
    ViTConfig small = ViTConfig.of(8, 4, 12, 2, 3);
    for (ViTConfig config : List.of(small.withNormEps(1e-5), small.asDino(), small.asClip())) {
      for (Pooling pooling : Pooling.values()) {
        SavedNetwork saved = saved(config, pooling);
        Path export = folder.resolve("export");
        TimmExport.write(export, saved, ChannelStats.half(3), Map.of());
        try (NetworkFile file = NetworkFile.open(export)) {
          SavedNetwork read = SavedNetwork.load(scope, file);
          assertEquals(config, read.config());
          assertEquals(pooling, read.pooling());
          for (Parameter parameter : saved.parameters().all()) {
            assertArrayEquals(
                parameter.value().toFloats(),
                read.parameters().get(parameter.name()).value().toFloats(),
                parameter.name());
          }
        }
      }
    }
  }

  private SavedNetwork saved(ViTConfig config, Pooling pooling) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViTClassifier.create(parameters.root(), config, pooling, 3);
    Path weights = folder.resolve("net.safetensors");
    Weights.save(weights, parameters, Map.of());
    try (NetworkFile file = NetworkFile.open(weights)) {
      return SavedNetwork.load(scope, file);
    }
  }
}

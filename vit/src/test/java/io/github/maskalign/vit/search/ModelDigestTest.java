package io.github.maskalign.vit.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.embed.EmbedderOptions.Output;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDigestTest {

  private static final EmbedderOptions OPTIONS = EmbedderOptions.defaults();

  @TempDir private Path folder;

  private Path model(String name, int seed) throws IOException {
    Path file = Files.createDirectories(folder.resolve(name)).resolve("model.safetensors");
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, seed);
      ViT.create(parameters.root(), ViTConfig.of(16, 8, 64, 1, 1));
      Weights.save(file, parameters, Map.of());
    }
    return file;
  }

  @Test
  void theSameWeightsAreTheSameModelWhereverTheyLie() throws IOException {
    String digest = ModelDigest.of(model("a", 1), OPTIONS);
    assertEquals(64, digest.length());
    assertEquals(digest, ModelDigest.of(folder.resolve("a"), OPTIONS));
    assertEquals(digest, ModelDigest.of(model("b", 1), OPTIONS.withThreads(7)));
  }

  @Test
  void otherWeightsOrOutputsAreAnother() throws IOException {
    Path model = model("a", 1);
    String digest = ModelDigest.of(model, OPTIONS);
    assertNotEquals(digest, ModelDigest.of(model("c", 2), OPTIONS));
    assertNotEquals(digest, ModelDigest.of(model, OPTIONS.withOutput(Output.MEAN_PATCHES)));
    assertNotEquals(digest, ModelDigest.of(model, OPTIONS.withLevel(0)));
    assertNotEquals(digest, ModelDigest.of(model, OPTIONS.withMerge(1)));
    assertEquals(digest, ModelDigest.of(model, OPTIONS.withMerge(0)));
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    Path file = Files.write(folder.resolve("x.safetensors"), new byte[100]);
    assertThrows(FormatException.class, () -> ModelDigest.of(file, OPTIONS));
  }
}

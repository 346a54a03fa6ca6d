package io.github.maskalign.vectors.uses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.embed.Classifier;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.PairFile;
import io.github.maskalign.vit.weights.classifier.ClassifierFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What is said of the files of published networks. */
class PublishedFilesTest {

  private static final Path MODELS = Path.of("networks", "models").toAbsolutePath();

  /** With the weights of OpenCLIP and of transformers. */
  private static final String BOTH = "open_clip_and_transformers";

  @TempDir private Path folder;

  /** Copies some files of a network. */
  private void copy(String network, String... files) throws IOException {
    for (String file : files) {
      Files.copy(MODELS.resolve(network).resolve(file), folder.resolve(file));
    }
  }

  private static String refused(Path path) {
    return assertThrows(FormatException.class, () -> NetworkFile.open(path).close()).getMessage();
  }

  @Test
  void namesTheWeightsThatArePassedOver() {
    Path both = MODELS.resolve(BOTH);
    List<String> said =
        List.of(
            both
                + ": takes open_clip_pytorch_model.bin and passes over model.safetensors; name a"
                + " file instead of the folder to choose");
    try (NetworkFile file = NetworkFile.open(both)) {
      assertEquals(said, file.notes());
      assertEquals(said.getFirst(), ModelCard.of(file).notes().getFirst());
      assertEquals("open_clip_config.json beside the weights", file.origin().description());
    }
    try (NetworkFile file = NetworkFile.open(both.resolve("model.safetensors"))) {
      assertEquals(List.of(), file.notes());
      assertEquals("config.json beside the weights", file.origin().description());
    }
  }

  /** A second format of the same network is no choice. */
  @Test
  void passesOverTheSameNetworkInSilence() throws IOException {
    copy("ijepa_form", "model.safetensors", "config.json");
    Files.copy(folder.resolve("model.safetensors"), folder.resolve("pytorch_model.bin"));
    try (NetworkFile file = NetworkFile.open(folder)) {
      assertEquals(List.of(), file.notes());
    }
  }

  @Test
  void namesTheMissingConfigurationOfOpenClip() throws IOException {
    copy(BOTH, "open_clip_pytorch_model.bin", "model.safetensors", "config.json");
    String widths = Files.readString(folder.resolve("config.json"));
    Files.writeString(
        folder.resolve("config.json"), widths.replaceAll("(\"hidden_size\": )\\d+", "$160"));
    assertTrue(
        refused(folder).contains("open_clip_config.json is missing beside it"), refused(folder));
    Files.writeString(folder.resolve("config.json"), widths);
    String pair =
        assertThrows(FormatException.class, () -> PairFile.open(folder).close()).getMessage();
    assertTrue(pair.contains("open_clip_config.json is missing beside it"), pair);
  }

  @Test
  void namesMissingTensorsAsTheFileDoes() throws IOException {
    copy("deit_classifier", "config.json");
    Path weights = MODELS.resolve("deit_classifier").resolve("model.safetensors");
    List<String> missing =
        List.of(
            "deit.encoder.layer.1.attention.attention.key.bias",
            "deit.encoder.layer.1.layernorm_after.bias");
    for (String key : missing) {
      without(weights, key);
      String said =
          assertThrows(FormatException.class, () -> Classifier.load(folder).close(), () -> key)
              .getMessage();
      assertTrue(said.contains("1 missing (" + key + "); the file or one of its shards"), said);
    }
    without(weights, "classifier.bias");
    String head =
        assertThrows(FormatException.class, () -> Classifier.load(folder).close()).getMessage();
    assertTrue(head.contains("1 missing (classifier.bias)"), head);
    without(weights, "deit.encoder.layer.0.output.dense.weight");
    assertTrue(
        refused(folder).contains("'deit.encoder.layer.0.output.dense.weight' is missing"),
        refused(folder));
  }

  private void without(Path weights, String key) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    try (SafeTensorsFile file = SafeTensorsFile.open(weights)) {
      assertTrue(file.names().contains(key), key);
      for (String name : file.names()) {
        if (!name.equals(key)) {
          writer.add(name, file.entry(name).shape(), file.floats(name));
        }
      }
      writer.write(folder.resolve("model.safetensors"));
    }
  }

  @Test
  void namesTheMissingConfigurationOfNaFlex() throws IOException {
    copy("siglip2_naflex", "model.safetensors");
    assertTrue(refused(folder).contains("config.json, with model_type 'siglip2'"), refused(folder));
  }

  /** What the libraries write of themselves is known. */
  @Test
  void saysNothingOfTheKeysOfPublishedNetworks() throws IOException {
    int networks = 0;
    for (Path models : List.of(MODELS, Path.of("families", "models").toAbsolutePath())) {
      try (Stream<Path> folders = Files.list(models)) {
        for (Path each : folders.filter(it -> !it.toString().contains("text")).toList()) {
          try (NetworkFile file = NetworkFile.open(each)) {
            assertEquals(List.of(), file.origin().notes());
            networks++;
          }
        }
      }
    }
    assertTrue(networks > 70, networks + " networks");
  }

  @Test
  void namesKeysThatAreNotKnown() throws IOException {
    copy("ijepa_form", "model.safetensors");
    String config = Files.readString(MODELS.resolve("ijepa_form").resolve("config.json"));
    Path changed = folder.resolve("config.json");
    Files.writeString(changed, config.replaceFirst("\\{", "{\"rotary\": true,"));
    try (NetworkFile file = NetworkFile.open(folder)) {
      assertEquals(List.of(changed + ": 'rotary' is not known and is ignored"), file.notes());
    }
    StringBuilder many = new StringBuilder("{");
    for (int i = 0; i < 20; i++) {
      many.append("\"key_").append(i).append("\": 1,");
    }
    Files.writeString(changed, config.replaceFirst("\\{", many.toString()));
    try (NetworkFile file = NetworkFile.open(folder)) {
      assertEquals(9, file.notes().size());
      assertEquals(changed + ": 12 further keys not known and ignored", file.notes().getLast());
    }
  }

  /** Whether they are read at once, or when the network is used. */
  @Test
  void namesWeightsThatAreNotFinite() throws IOException {
    copy("deit_classifier", "config.json");
    List<String> keys =
        List.of(
            "classifier.bias", "deit.encoder.layer.1.output.dense.weight", "deit.layernorm.bias");
    for (String key : keys) {
      changed(key, values -> values[values.length - 1] = Float.NaN);
      String expected = "model.safetensors: '" + key + "' has the value NaN;";
      Picture gray = Picture.of(new byte[3 * 16 * 16], 3, 16, 16);
      assertSays(expected, () -> classify(gray));
      try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
          Scope scope = Scope.root(choice.backend(), "test");
          NetworkFile file = NetworkFile.open(folder)) {
        Parameters eager = Parameters.uninitialized(scope, DType.F32);
        assertSays(expected, () -> ClassifierFile.of(file).load(eager));
      }
      if (!key.startsWith("classifier")) {
        assertSays(expected, () -> embed(gray));
      }
    }
    changed("classifier.bias", values -> values[0] = Float.NEGATIVE_INFINITY);
    assertSays("'classifier.bias' has the value -Infinity", () -> Classifier.load(folder).close());
  }

  /** Large matrices are read when the network is used. */
  private void classify(Picture picture) {
    try (Classifier classifier = Classifier.load(folder)) {
      classifier.classify(picture, 1);
    }
  }

  private void embed(Picture picture) {
    try (Embedder embedder = Embedder.load(folder)) {
      embedder.embed(picture);
    }
  }

  private static void assertSays(String expected, Executable use) {
    String said = assertThrows(FormatException.class, use).getMessage();
    assertTrue(said.contains(expected), said);
  }

  private void changed(String key, Consumer<float[]> change) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    Path weights = MODELS.resolve("deit_classifier").resolve("model.safetensors");
    try (SafeTensorsFile file = SafeTensorsFile.open(weights)) {
      for (String name : file.names()) {
        float[] values = file.floats(name);
        if (name.equals(key)) {
          change.accept(values);
        }
        writer.add(name, file.entry(name).shape(), values);
      }
      writer.write(folder.resolve("model.safetensors"));
    }
  }
}

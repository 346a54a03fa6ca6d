package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import io.github.maskalign.vit.ClipFiles;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonMutations;
import io.github.maskalign.vit.text.TextTransformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Loads networks whose configuration, of any format, or preprocessing is mutated: within the memory
 * of the network that the weights are.
 */
class ConfigFuzzTest extends FuzzContract {

  private static final String OWN = ConfigMetadata.write(ConfigFitTest.ROTARY);
  private static final String PROCESSOR =
      """
      {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25], "size":
       {"shortest_edge": 18}, "crop_size": {"height": 16, "width": 16}, "do_resize": true}
      """;
  private static final String TIMM =
      ConfigFitTest.TIMM.strip().replaceFirst("}$", "")
          + """
          , "num_classes": 0, "pretrained_cfg": {"license": "mit", "crop_pct": 0.875,
           "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}}
          """;

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private Path rotary;
  private Path learned;
  private Path clip;
  private Path openClip;
  @TempDir private Path folder;

  @BeforeEach
  void save() throws IOException {
    rotary = saved("rotary", ConfigFitTest.ROTARY);
    learned = saved("learned", ConfigFitTest.LEARNED);
    clip = Files.createDirectory(folder.resolve("clip"));
    openClip = Files.createDirectory(folder.resolve("open_clip"));
    new ClipFiles().writeHuggingFace(clip, "quick_gelu", 2);
    new ClipFiles().writeOpenClip(openClip, "", true);
  }

  private Path saved(String name, ViTConfig config) throws IOException {
    Path place = Files.createDirectory(folder.resolve(name));
    try (Scope scope = Scope.root(backend, "save")) {
      ConfigFitTest.save(scope, place, config, _ -> true);
    }
    return place;
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @Override
  protected ByteMutator mutator() {
    try {
      return new ByteMutator(
          List.of(
              ConfigFitTest.HF.getBytes(StandardCharsets.UTF_8),
              TIMM.getBytes(StandardCharsets.UTF_8),
              OWN.getBytes(StandardCharsets.UTF_8),
              PROCESSOR.getBytes(StandardCharsets.UTF_8),
              Files.readAllBytes(clip.resolve("config.json")),
              Files.readAllBytes(openClip.resolve("open_clip_config.json"))),
          List.of(JsonMutations.TOKENS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void read(byte[] file, String name) throws IOException {
    byte[] json = JsonMutations.withNumbers(file, name);
    String text = new String(json, StandardCharsets.ISO_8859_1);
    Path place = Files.createDirectory(folder.resolve(name));
    try {
      if (text.contains("image_mean")) {
        load(learned, place, "preprocessor_config.json", json);
      } else if (text.contains("text_config")) {
        load(clip, place, "config.json", json);
      } else if (text.contains("vision_cfg")) {
        load(openClip, place, "open_clip_config.json", json);
      } else {
        boolean plain = text.contains("architecture");
        load(plain ? learned : rotary, place, "config.json", json);
      }
    } finally {
      try (var files = Files.list(place)) {
        for (Path each : files.toList()) {
          Files.delete(each);
        }
      }
      Files.delete(place);
    }
  }

  private void load(Path weights, Path place, String config, byte[] json) throws IOException {
    try (var files = Files.list(weights)) {
      for (Path each : files.toList()) {
        if (!each.getFileName().toString().equals(config)) {
          Files.createLink(place.resolve(each.getFileName()), each);
        }
      }
    }
    Files.write(place.resolve(config), json);
    try (Scope scope = Scope.root(backend, "load");
        NetworkFile file = NetworkFile.open(place)) {
      PretrainedViT.load(scope, file);
      if (weights == clip || weights == openClip) {
        TextTowerFile texts = TextTowerFile.of(file.file());
        Parameters parameters = Parameters.uninitialized(scope, DType.F32);
        TextTransformer.create(parameters.root(), texts.config());
      }
    }
  }
}

package io.github.maskalign.vit.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.export.SavedNetwork;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A configuration is refused for what the weights do not have, before a network is built. */
class ConfigFitTest {

  static final ViTConfig LEARNED =
      ViTConfig.of(16, 8, 16, 2, 2)
          .withPositions(PositionEmbedding.LEARNED)
          .withMlp(2, Activation.GELU);
  static final ViTConfig ROTARY = LEARNED.asDinoV3(4);
  private static final ViTConfig TIMMS =
      LEARNED.withTokens(LEARNED.tokens().withResampling(Resampling.BICUBIC_ANTIALIAS));
  private static final ViTConfig HUGGING_FACES =
      ROTARY.withBlocks(
          ROTARY.blocks().withBias(new BlockConfig.Bias(true, false, true, true, true)));

  static final String TIMM =
      """
      {"architecture": "vit_tiny_patch16_224", "model_args": {"img_size": 16, "patch_size": 8,
       "embed_dim": 16, "depth": 2, "num_heads": 2, "mlp_ratio": 2.0}}
      """;
  static final String HF =
      """
      {"model_type": "dinov3_vit", "hidden_size": 16, "num_hidden_layers": 2, "num_channels": 3,
       "num_attention_heads": 2, "image_size": 16, "patch_size": 8, "intermediate_size": 32,
       "num_register_tokens": 4}
      """;

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  /** Writes a network without metadata. */
  static void save(Scope scope, Path folder, ViTConfig config, Predicate<String> filter) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), config);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    for (Parameter parameter : parameters.all()) {
      if (filter.test(parameter.name())) {
        writer.add(parameter.name(), parameter.value().shape(), parameter.value().toFloats());
      }
    }
    writer.write(folder.resolve("model.safetensors"));
  }

  private void save(ViTConfig config, Predicate<String> filter) {
    save(scope, folder, config, filter);
  }

  private void config(String json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json);
  }

  /** The message with which opening is refused at once. */
  private String refused() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    FormatException e = assertThrows(FormatException.class, () -> NetworkFile.open(folder).close());
    long taken = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(taken < 8 << 20, () -> taken + " bytes");
    return e.getMessage();
  }

  private void opens(ViTConfig expected) {
    try (NetworkFile file = NetworkFile.open(folder)) {
      assertEquals(expected, file.config());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "depth, 2147483647, 2 blocks",
    "depth, 1000000000, 2 blocks",
    "depth, 3, 2 blocks",
    "depth, 1, 2 blocks",
    "depth, 0, 2 blocks",
    "depth, -1, 2 blocks",
    "depth, 2.5, 2 blocks",
    "depth, 1e308, 2 blocks",
    "depth, '\"2\"', 2 blocks",
    "embed_dim, 1073741824, width 16",
    "embed_dim, 32, width 16",
    "mlp_ratio, 1e308, MLP 32",
    "mlp_ratio, 100000, MLPs of length 32",
    "mlp_ratio, 4, MLPs of length 32",
    "mlp_ratio, -2, MLP 32",
    "patch_size, 16, patches of 8 pixels",
    "img_size, 1073741824, 5 positions",
    "img_size, 72, 5 positions",
    "img_size, 4, 5 positions",
    "in_chans, 1073741824, 3 channels",
    "in_chans, 1, 3 channels",
    "reg_tokens, 1073741824, no registers",
    "reg_tokens, 2147483647, no registers",
    "reg_tokens, -1, no registers"
  })
  void refusesTimmsConfigurationsOfOtherSizes(String key, String value, String held)
      throws IOException {
    save(LEARNED, _ -> true);
    config(TIMM);
    opens(TIMMS);
    String changed = TIMM.replaceFirst("\"" + key + "\": [\\d.]+", "");
    config(
        TIMM.contains("\"" + key + "\"")
            ? TIMM.replaceFirst("(\"" + key + "\": )[\\d.]+", "$1" + value)
            : changed.replace(
                "\"model_args\": {", "\"model_args\": {\"" + key + "\": " + value + ","));
    String message = refused();
    assertTrue(message.startsWith(folder.resolve("config.json") + ": "), message);
    assertTrue(message.contains(held), message);
  }

  @ParameterizedTest
  @CsvSource({
    "num_hidden_layers, 2147483647, 2 blocks",
    "num_hidden_layers, 1000000, 2 blocks",
    "hidden_size, 32, width 16",
    "intermediate_size, 1000000000, MLPs of length 32",
    "num_register_tokens, 1000000000, 4 registers",
    "num_register_tokens, 2147483647, 4 registers",
    "num_register_tokens, 0, 4 registers",
    "num_register_tokens, -4, 4 registers",
    "num_attention_heads, 3, 2 blocks",
    "num_attention_heads, 2147483647, 2 blocks",
    "num_channels, 4, 3 channels",
    "patch_size, 4, patches of 8 pixels",
    "image_size, 1073741824, at most 2048 pixels",
    "image_size, '[16, 32, 16]', 2 blocks"
  })
  void refusesHuggingFacesConfigurationsOfOtherSizes(String key, String value, String held)
      throws IOException {
    save(ROTARY, _ -> true);
    config(HF);
    opens(HUGGING_FACES);
    config(HF.replaceFirst("(\"" + key + "\": )\\d+", "$1" + value));
    String message = refused();
    assertTrue(message.startsWith(folder.resolve("config.json") + ": "), message);
    assertTrue(message.contains("'" + key + "' is") || key.contains("heads"), message);
    assertTrue(message.contains(held), message);
  }

  @Test
  void namesDefaults() throws IOException {
    save(ROTARY, _ -> true);
    config("{\"model_type\": \"dinov3_vit\"}");
    assertTrue(
        refused().endsWith("'hidden_size' is 384 by default, but the weights have width 16"));
    config("{\"architecture\": \"vit_tiny_patch16_224\"}");
    assertTrue(
        refused().endsWith("'architecture' has embed_dim 192, but the weights have width 16"));
  }

  @ParameterizedTest
  @CsvSource({
    "layers, 2147483647, 2 blocks",
    "width, 24, width 16",
    "head_width, 0, 2 blocks",
    "image_size, 1000000, 5 positions",
    "image_size, 80, 5 positions",
    "mlp_ratio, 2000, MLPs of length 32"
  })
  void refusesOpenClipsConfigurationsOfOtherSizes(String key, String value, String held)
      throws IOException {
    save(LEARNED.asClip(), _ -> true);
    String json =
        """
        {"model_cfg": {"quick_gelu": true, "vision_cfg": {"image_size": 16, "patch_size": 8,
         "layers": 2, "width": 16, "head_width": 8, "mlp_ratio": 2.0}}}
        """;
    config(json);
    ViTConfig clip = LEARNED.asClip();
    opens(clip.withTokens(clip.tokens().withResampling(Resampling.BICUBIC_ANTIALIAS)));
    config(json.replaceFirst("(\"" + key + "\": )[\\d.]+", "$1" + value));
    String message = refused();
    assertTrue(message.startsWith(folder.resolve("config.json") + ": '" + key + "' is"), message);
    assertTrue(message.contains(held), message);
  }

  @ParameterizedTest
  @CsvSource({
    "depth, 2147483647",
    "width, 1073741824",
    "prefix, 2000000000",
    "prefix, -1",
    "imageSize, 2147483640",
    "mlpRatio, 1e300",
    "mlpRatio, null",
    "depth, 2.5",
    "channels, 2147483647"
  })
  void refusesMetadataOfOtherSizes(String key, String value) throws IOException {
    save(ROTARY, _ -> true);
    String own = ConfigMetadata.write(ROTARY);
    config(own);
    opens(ROTARY);
    config(own.replaceFirst("(\"" + key + "\":)[\\d.]+", "$1" + value));
    assertTrue(refused().contains("the weights have"), refused());
  }

  @Test
  void positionsMayBeThoseOfAnotherGrid() throws IOException {
    save(LEARNED, _ -> true);
    config(TIMM.replace("\"img_size\": 16", "\"img_size\": 64"));
    opens(TIMMS.withImageSize(64));
  }

  @Test
  void everyBlockHasItsMatrices() {
    save(LEARNED, name -> !name.equals("blocks.1.mlp.fc1.weight"));
    assertTrue(refused().contains("'blocks.1.mlp.fc1.weight' is missing"), refused());
    save(LEARNED, name -> !name.equals("blocks.0.attn.qkv.weight"));
    assertTrue(refused().contains("'blocks.0.attn.qkv.weight' is missing"), refused());
  }

  /** The first tensors of a few bytes would stand for a network of terabytes. */
  @Test
  void aWidthWithoutItsMatricesIsRefused() {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    int width = 1 << 18;
    writer.add("patch_embed.proj.weight", Shape.of(width, 1, 1, 1), new float[width]);
    writer.add("blocks.0.norm1.weight", Shape.of(1), new float[1]);
    writer.add("blocks.0.mlp.fc1.weight", Shape.of(1, 1), new float[1]);
    writer.add("blocks.0.mlp.fc2.weight", Shape.of(1, 1), new float[1]);
    writer.write(folder.resolve("model.safetensors"));
    assertTrue(refused().contains("'blocks.0.attn.qkv.weight' is missing"), refused());
  }

  /** Empty tensors take no bytes, whatever their other axes. */
  @Test
  void aHeadWithoutValuesIsRefused() {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), LEARNED);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    parameters.all().forEach(p -> writer.add(p.name(), p.value().shape(), p.value().toFloats()));
    writer.add("head.weight", Shape.of(Integer.MAX_VALUE, 0), new float[0]);
    writer.write(folder.resolve("model.safetensors"));
    try (NetworkFile file = NetworkFile.open(folder)) {
      String message =
          assertThrows(FormatException.class, () -> SavedNetwork.load(scope, file)).getMessage();
      assertTrue(message.contains("'head.weight' has shape [2147483647, 0]"), message);
    }
  }
}

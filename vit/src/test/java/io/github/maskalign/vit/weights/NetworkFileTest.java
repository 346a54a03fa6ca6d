package io.github.maskalign.vit.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.export.ExportNotes;
import io.github.maskalign.vit.export.SavedNetwork;
import io.github.maskalign.vit.export.TimmExport;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.weights.family.Families;
import io.github.maskalign.vit.weights.family.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkFileTest {

  private static final Path HERE = Path.of("config.json");

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private static ViTConfig parse(String json) throws IOException {
    JsonNode tree = new ObjectMapper().readTree(json);
    return ConfigFile.of(HERE.toString(), tree, NetworkFile.ConfigSource.CONFIG_JSON)
        .orElseThrow()
        .parse(new Held(0, 0, 0, 0, _ -> null), "no tensors");
  }

  private static ViTConfig antialiased(ViTConfig config) {
    return config.withTokens(config.tokens().withResampling(Resampling.BICUBIC_ANTIALIAS));
  }

  @Test
  void readsHuggingFacesConfigurations() throws IOException {
    assertEquals(
        ViTConfig.clipL14(),
        parse(
            """
            {"model_type": "clip", "text_config": {"hidden_size": 768}, "vision_config":
              {"hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16,
               "num_hidden_layers": 24, "patch_size": 14}}
            """));
    assertEquals(ViTConfig.dinoB16(), parse("{\"model_type\": \"vit\"}"));
    assertEquals(
        ViTConfig.base(224, 16).asSiglip(),
        parse("{\"model_type\": \"siglip\", \"vision_config\": {\"model_type\": \"x\"}}"));
    assertEquals(
        antialiased(ViTConfig.base(518, 14).asDinoV2(4)),
        parse(
            "{\"model_type\": \"dinov2_with_registers\", \"image_size\": 518, \"patch_size\": 14}"));
    ViTConfig dinoV3 = ViTConfig.small(224, 16).asDinoV3(4);
    assertEquals(
        dinoV3.withBlocks(
            dinoV3.blocks().withBias(new BlockConfig.Bias(true, false, true, true, true))),
        parse("{\"model_type\": \"dinov3_vit\", \"num_register_tokens\": 4}"));
    ViTConfig giant =
        parse(
            """
            {"model_type": "dinov2", "hidden_size": 1536, "num_hidden_layers": 40,
             "num_attention_heads": 24, "use_swiglu_ffn": true, "image_size": 518}
            """);
    assertEquals(4096, giant.mlpWidth());
    assertEquals(Activation.SWIGLU, giant.blocks().activation());
  }

  @Test
  void readsTimmsConfigurations() throws IOException {
    assertEquals(
        antialiased(ViTConfig.base(224, 16).withPositions(PositionEmbedding.LEARNED)),
        parse("{\"architecture\": \"vit_base_patch16_224.augreg_in21k\"}"));
    assertEquals(
        antialiased(ViTConfig.clipB16()),
        parse("{\"architecture\": \"vit_base_patch16_clip_quickgelu_224\"}"));
    assertEquals(
        antialiased(ViTConfig.small(518, 14).asDinoV2(0)),
        parse("{\"architecture\": \"vit_small_patch14_dinov2\"}"));
    ViTConfig registers = parse("{\"architecture\": \"vit_base_patch14_reg4_dinov2.lvd142m\"}");
    assertEquals(5, registers.prefixTokens());
    assertEquals(0, registers.tokens().positionedPrefix());
    ViTConfig dinoV3 = parse("{\"architecture\": \"vit_base_patch16_dinov3\"}");
    assertEquals(PositionEmbedding.ROTARY, dinoV3.tokens().positions());
    assertEquals(BlockConfig.Bias.ALL.withQkv(false), dinoV3.blocks().bias());
    assertEquals(Pooling.MEAN_PATCHES, dinoV3.output().pooling());
    assertEquals(FinalNorm.TOKENS, dinoV3.output().norm());
    assertEquals(
        antialiased(ViTConfig.base(224, 16).asSiglip()).withActivation(Activation.GELU),
        parse("{\"architecture\": \"vit_base_patch16_siglip_224\"}"));
    assertEquals(
        antialiased(
            ViTConfig.of(32, 4, 96, 6, 3).withChannels(1).withPositions(PositionEmbedding.LEARNED)),
        parse(
            """
            {"architecture": "vit_base_patch16_224", "model_args": {"img_size": 32,
             "patch_size": 4, "in_chans": 1, "embed_dim": 96, "depth": 6, "num_heads": 3}}
            """));
  }

  @Test
  void readsOpenClip() throws IOException {
    ViTConfig config = ViTConfig.of(8, 4, 8, 2, 2).asClip();
    Parameters from = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(from.root(), config);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    from.all()
        .forEach(
            p -> writer.add(openClip(p.name()), openClipShape(p.value()), p.value().toFloats()));
    writer.add("logit_scale", Shape.of(), new float[1]);
    writer.add("transformer.resblocks.0.ln_1.bias", Shape.of(1), new float[1]);
    writer.write(folder.resolve("open_clip_model.safetensors"));
    Files.writeString(
        folder.resolve("open_clip_config.json"),
        """
        {"model_cfg": {"embed_dim": 4, "quick_gelu": true, "vision_cfg":
          {"image_size": 8, "layers": 2, "width": 8, "head_width": 4, "patch_size": 4}}}
        """);
    Parameters to = Parameters.uninitialized(scope, DType.F32);
    ViT.create(to.root(), config);
    try (NetworkFile file = NetworkFile.open(folder)) {
      assertEquals("OpenCLIP", file.names().title());
      assertEquals(antialiased(config), file.config());
      assertTrue(file.load(to).complete());
    }
    from.all()
        .forEach(
            p ->
                assertArrayEquals(
                    p.value().toFloats(), to.get(p.name()).value().toFloats(), p.name()));
  }

  /** An independent copy of the names, so that an error in the name map does not cancel out. */
  private static String openClip(String name) {
    return "visual."
        + name.replace("cls_token", "class_embedding")
            .replace("pos_embed", "positional_embedding")
            .replace("patch_embed.proj", "conv1")
            .replace("norm_pre", "ln_pre")
            .replaceAll("^norm", "ln_post")
            .replace("blocks.", "transformer.resblocks.")
            .replaceAll("\\.norm([12])", ".ln_$1")
            .replace("attn.qkv.", "attn.in_proj_")
            .replace("attn.proj", "attn.out_proj")
            .replace("fc1", "c_fc")
            .replace("fc2", "c_proj");
  }

  /** There, tokens and tables have no axes of size 1. */
  private static Shape openClipShape(Tensor x) {
    Shape shape = x.shape();
    if (shape.rank() != 3) {
      return shape;
    }
    return shape.dim(1) == 1 ? Shape.of(shape.dim(2)) : Shape.of(shape.dim(1), shape.dim(2));
  }

  @Test
  void saysWhatItDoesNotKnow() {
    for (String json :
        List.of(
            "{\"model_type\": \"bert\"}",
            "{\"model_type\": \"vit\", \"hidden_act\": \"mish\"}",
            "{\"model_type\": \"vit\", \"hidden_size\": \"wide\"}",
            "{\"model_type\": \"vit\", \"hidden_size\": 7}",
            "{\"model_type\": \"dinov3_vit\", \"rope_theta\": 0}",
            "{\"architecture\": \"resnet50\"}",
            "{\"architecture\": \"vit_base_patch300_224\"}",
            "{\"maskalign\": {}}",
            "{\"maskalign\": {\"input\": 3}}")) {
      FormatException error = assertThrows(FormatException.class, () -> parse(json), json);
      assertTrue(error.getMessage().startsWith(HERE + ": "), error.getMessage());
    }
  }

  @Test
  void listsTheModelTypesThatItKnows() {
    String message =
        assertThrows(FormatException.class, () -> parse("{\"model_type\": \"bert\"}")).getMessage();
    assertTrue(message.contains("'bert' is not supported; supported are clip, "), message);
    for (String type : List.of("siglip2", "dinov2_with_registers", "dinov3_vit", "vit_mae")) {
      assertTrue(message.contains(type), message);
    }
    assertFalse(message.contains("vision_model"), message);
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    for (ViTConfig config :
        List.of(
            ViTConfig.tiny(32, 4).withChannels(1),
            ViTConfig.clipB16(),
            ViTConfig.small(28, 14).asDinoV2(4),
            ViTConfig.small(32, 16).asDinoV3(4).withActivation(Activation.SWIGLU),
            ViTConfig.base(224, 16).asSiglip())) {
      assertEquals(config, parse(ConfigMetadata.write(config)));
    }
  }

  /** A network saved by this library, with metadata or without. */
  private Path save(ViTConfig config, boolean notes) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), config);
    Path noted = folder.resolve("model.safetensors");
    Weights.save(noted, parameters, Map.of());
    if (notes) {
      return noted;
    }
    Path plain = folder.resolve("plain.safetensors");
    SafeTensorsWriter writer = new SafeTensorsWriter();
    try (SafeTensorsFile file = SafeTensorsFile.open(noted)) {
      for (String name : file.names()) {
        writer.add(name, file.entry(name).shape(), file.floats(name));
      }
    }
    writer.write(plain);
    return plain;
  }

  @Test
  void savedNetworksTellTheirShape() {
    ViTConfig config = ViTConfig.of(8, 4, 12, 2, 3).withNormEps(1e-3).asDinoV2(2);
    save(config, true);
    try (NetworkFile file = NetworkFile.open(folder)) {
      assertEquals(NetworkFile.ConfigSource.METADATA, file.configSource());
      assertEquals(config, file.config());
      Parameters parameters = Parameters.uninitialized(scope, DType.F32);
      ViT network = ViT.create(parameters.root(), file.config());
      assertTrue(file.load(parameters).complete());
      Tensor images = scope.ops().of(new float[192], 1, 3, 8, 8);
      assertEquals(Shape.of(1, 7, 12), network.forward(scope.ops(), images).shape());
    }
  }

  @Test
  void shapesTellWhatTheyCan() {
    ViTConfig small = ViTConfig.of(8, 4, 128, 2, 2).withPositions(PositionEmbedding.LEARNED);
    ViTConfig rotary = small.asDinoV3(4).withImageSize(56);
    for (ViTConfig config :
        List.of(
            small,
            small.withChannels(1).withPrefixTokens(0),
            small.asDinoV2(4),
            small.asSiglip().withActivation(Activation.GELU),
            small.asClip().withActivation(Activation.GELU),
            small.withActivation(Activation.SWIGLU),
            rotary)) {
      try (NetworkFile file = NetworkFile.open(save(config, false))) {
        assertEquals(NetworkFile.ConfigSource.SHAPES, file.configSource());
        assertEquals(config, file.config());
      }
    }
  }

  @Test
  void aConfigurationBesideHasPrecedenceOverShapes() throws IOException {
    ViTConfig config = ViTConfig.of(8, 4, 128, 1, 2).withPositions(PositionEmbedding.LEARNED);
    Path plain = save(config, false);
    Files.writeString(folder.resolve("config.json"), ConfigMetadata.write(config));
    try (NetworkFile file = NetworkFile.open(plain)) {
      assertEquals(NetworkFile.ConfigSource.CONFIG_JSON, file.configSource());
      assertEquals(config, file.config());
    }
  }

  @Test
  void aCardReadsEitherSpellingOfLicense() throws IOException {
    ViTConfig config = ViTConfig.of(8, 4, 12, 1, 3);
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), config);
    Path weights = folder.resolve("model.safetensors");
    Path json = folder.resolve("config.json");
    for (String key : List.of("license", "licence")) {
      Weights.save(weights, parameters, Map.of(key, "MIT"));
      assertEquals("MIT", license(weights));
      Weights.save(weights, parameters, Map.of());
      assertEquals("not stated", license(weights));
      Files.writeString(json, "{\"pretrained_cfg\": {\"%s\": \"mit\"}}".formatted(key));
      assertEquals("mit", license(weights));
      Files.delete(json);
    }
    try (NetworkFile file = NetworkFile.open(weights)) {
      Path export = folder.resolve("export");
      SavedNetwork network = SavedNetwork.load(scope, file);
      Preprocessing images = Preprocessing.of(8, ChannelStats.imageNet());
      TimmExport.write(
          export, network, new ExportNotes(images, List.of(), Map.of("licence", "MIT")));
      String text = Files.readString(export.resolve("config.json"));
      assertTrue(text.contains("\"license\" : \"MIT\""), text);
    }
  }

  private static String license(Path weights) {
    try (NetworkFile file = NetworkFile.open(weights)) {
      return ModelCard.of(file).license();
    }
  }

  @Test
  void findsNetworksBelowPrefixes() {
    Families.Found whole =
        Families.require(
            Set.of(
                "model.patch_embed.proj.weight",
                "model.clip_model.vision_model.embeddings.class_embedding"));
    assertEquals(Families.timm(), whole.table());
    assertEquals("model.", whole.prefix());
    assertEquals("teacher.backbone.", prefixOf("student.", "teacher.backbone."));
    assertEquals("module.", prefixOf("module."));
    // Also the end of the names that transformers 5 writes, below 'model.' alone.
    assertEquals(
        "backbone.model.",
        Families.require(
                Set.of(
                    "backbone.model.layer.0.attention.q_proj.weight",
                    "backbone.model.embeddings.patch_embeddings.weight"))
            .prefix());
    assertThrows(
        FormatException.class, () -> Families.require(Set.of("repatch_embed.proj.weight")));
  }

  private static String prefixOf(String... prefixes) {
    return Families.require(
            Arrays.stream(prefixes)
                .map(prefix -> prefix + "patch_embed.proj.weight")
                .collect(Collectors.toSet()))
        .prefix();
  }

  @Test
  void prefersTheNetworkThatIsMeant() {
    assertEquals("backbone.", prefixOf("backbone.", "semantic_head.vit."));
    assertEquals("backbone.", prefixOf("backbone.", "head.vit."));
    assertEquals("backbone.", prefixOf("backbone.", "ema_head.vit."));
    assertEquals("model.", prefixOf("model.", "cinema."));
    assertEquals("model.", prefixOf("model.", "model.clip_model."));
    assertEquals("", prefixOf("", "schema.", "decoder."));
    assertEquals("encoder.", prefixOf("encoder.", "decoder."));
    assertEquals("state_dict.", prefixOf("state_dict.", "best.state_dict."));
    assertEquals("state_dict_ema.", prefixOf("state_dict.", "state_dict_ema."));
    assertEquals("model_ema.module.", prefixOf("model.", "model_ema.module."));
    assertEquals("ema_model.", prefixOf("module.", "ema_model."));
    assertEquals("modelEMA.", prefixOf("model.", "modelEMA."));
    assertEquals("teacher.backbone.", prefixOf("student.backbone.", "teacher.backbone."));
    assertEquals("teacher.", prefixOf("", "teacher."));
    assertEquals("_orig_mod.module.", prefixOf("_orig_mod.module."));
    assertEquals("0.", prefixOf("0."));
  }

  @Test
  void asksWhichNetworkIsMeant() {
    String message =
        assertThrows(FormatException.class, () -> prefixOf("left.", "right.")).getMessage();
    assertTrue(message.contains("'left.', 'right.'") || message.contains("'right.', 'left.'"));
    assertTrue(message.contains("--prefix"), message);
    assertThrows(FormatException.class, () -> prefixOf("model.", "module."));
    assertThrows(FormatException.class, () -> prefixOf("0.", "1."));
  }

  @Test
  void officialDinoV3FilesMaskTheKeysBias() {
    ViTConfig config = ViTConfig.of(8, 4, 8, 1, 1).asDinoV3(1);
    Parameters from = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(from.root(), config);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    float[] bias = new float[24];
    Arrays.setAll(new int[24], i -> (int) (bias[i] = i + 1));
    from.all()
        .forEach(
            p -> {
              String name = p.name().replace("reg_token", "storage_tokens");
              boolean qkv = name.endsWith("qkv.bias");
              writer.add(name, p.value().shape(), qkv ? bias : p.value().toFloats());
            });
    writer.add("blocks.0.attn.qkv.bias_mask", Shape.of(24), new float[24]);
    writer.add("rope_embed.periods", Shape.of(2), new float[2]);
    Path path = folder.resolve("meta.safetensors");
    writer.write(path);
    Parameters to = Parameters.uninitialized(scope, DType.F32);
    ViT.create(to.root(), config);
    try (NetworkFile file = NetworkFile.open(path)) {
      assertTrue(file.withConfig(config).load(to).complete());
    }
    float[] expected = bias.clone();
    Arrays.fill(expected, 8, 16, 0);
    assertArrayEquals(expected, to.get("blocks.0.attn.qkv.bias").value().toFloats());
  }
}

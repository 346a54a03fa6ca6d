package io.github.maskalign.vit;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Configurations as timm writes them: the name of an architecture and arguments that change it.
 * Ours hold besides, in a group of their own that timm does not look at, all of {@link ViTConfig}.
 *
 * @since 0.1.0
 */
public final class TimmConfig {

  /** The note that networks leave in files: their configuration. */
  public static final String NOTE = "vit";

  private static final String OURS = "maskalign";
  private static final String ARCHITECTURE = "architecture";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PATCH = Pattern.compile("patch([1-9]\\d{0,2})");
  private static final Pattern REGISTERS = Pattern.compile("reg(\\d{1,3})");
  private static final Pattern SIZE = Pattern.compile("\\d{2,4}");

  private record Size(int width, int depth, int heads, double mlpRatio) {}

  private static final Map<String, Size> SIZES =
      Map.of(
          "tiny", new Size(192, 12, 3, 4),
          "small", new Size(384, 12, 6, 4),
          "base", new Size(768, 12, 12, 4),
          "large", new Size(1024, 24, 16, 4),
          "huge", new Size(1280, 32, 16, 4),
          "giant", new Size(1536, 40, 24, 8.0 / 3),
          "so400m", new Size(1152, 27, 16, 3.7362));

  private TimmConfig() {}

  /** Whether this is one. */
  public static boolean matches(JsonNode json) {
    return json.has(OURS) || json.path(ARCHITECTURE).isTextual();
  }

  /**
   * The network that a file describes.
   *
   * @throws FormatException if it is not known
   */
  public static ViTConfig parse(JsonNode json) {
    if (json.has(OURS)) {
      try {
        return JSON.treeToValue(json.get(OURS), ViTConfig.class);
      } catch (JacksonException e) {
        throw new FormatException("group '" + OURS + "': " + e.getOriginalMessage(), e);
      }
    }
    ViTConfig named = named(json.get(ARCHITECTURE).textValue());
    return json.has("model_args") ? changed(named, json.get("model_args")) : named;
  }

  // ---- reading ----

  private static ViTConfig named(String architecture) {
    List<String> words = Arrays.asList(architecture.split("\\.")[0].split("_"));
    Size size = null;
    int patch = 16;
    int registers = 0;
    int image = words.contains("dinov2") ? 518 : words.contains("dinov3") ? 256 : 224;
    for (String word : words) {
      Matcher patches = PATCH.matcher(word);
      Matcher registersOf = REGISTERS.matcher(word);
      if (SIZES.containsKey(word)) {
        size = SIZES.get(word);
      } else if (patches.matches()) {
        patch = Integer.parseInt(patches.group(1));
      } else if (registersOf.matches()) {
        registers = Integer.parseInt(registersOf.group(1));
      } else if (SIZE.matcher(word).matches()) {
        image = Integer.parseInt(word);
      }
    }
    if (size == null || !words.getFirst().equals("vit")) {
      throw new FormatException(
          "architecture '%s' is not known; expected vit_SIZE_patchN..., SIZE one of %s"
              .formatted(architecture, SIZES.keySet().stream().sorted().toList()));
    }
    ViTConfig plain =
        ViTConfig.of(image - image % patch, patch, size.width, size.depth, size.heads)
            .withMlp(size.mlpRatio, Activation.GELU);
    return flavoured(plain, words, registers);
  }

  private static ViTConfig flavoured(ViTConfig plain, List<String> words, int registers) {
    if (words.contains("clip")) {
      boolean quick = words.contains("quickgelu");
      return plain.asClip().withActivation(quick ? Activation.QUICK_GELU : Activation.GELU);
    }
    if (words.contains("siglip")) {
      return plain.asSiglip().withAttentionPool(!words.contains("gap"));
    }
    if (words.contains("dinov3")) {
      return plain.asDinoV3(4);
    }
    if (words.contains("dinov2")) {
      ViTConfig config = plain.asDinoV2(registers);
      boolean giant = words.contains("giant");
      return tokens(
          giant ? config.withActivation(Activation.SWIGLU) : config,
          true,
          registers,
          registers > 0);
    }
    return tokens(plain.withPositions(PositionEmbedding.LEARNED), true, registers, registers > 0);
  }

  /** In timm either all of the prefix have positions, or none. */
  private static ViTConfig tokens(
      ViTConfig config, boolean classToken, int registers, boolean noneEmbedded) {
    int prefix = registers + (classToken ? 1 : 0);
    boolean rotary = config.tokens().positions() == PositionEmbedding.ROTARY;
    return config.withTokens(
        new ViTConfig.Tokens(
            prefix,
            classToken,
            config.tokens().positions(),
            noneEmbedded || rotary ? 0 : prefix,
            config.tokens().norm()));
  }

  private static ViTConfig changed(ViTConfig named, JsonNode args) {
    ViTConfig.Blocks blocks = named.blocks();
    ViTConfig.Tokens tokens = named.tokens();
    boolean norm = args.path("pre_norm").asBoolean(tokens.norm());
    ViTConfig config =
        named
            .withInput(
                new ViTConfig.Input(
                    args.path("img_size").asInt(named.imageSize()),
                    args.path("patch_size").asInt(named.patchSize()),
                    args.path("in_chans").asInt(named.channels()),
                    named.input().bias() && !norm))
            .withBlocks(
                new ViTConfig.Blocks(
                    args.path("embed_dim").asInt(blocks.width()),
                    args.path("depth").asInt(blocks.depth()),
                    args.path("num_heads").asInt(blocks.heads()),
                    args.path("mlp_ratio").asDouble(blocks.mlpRatio()),
                    activation(args.path("act_layer").asText(""), blocks.activation()),
                    blocks.normEps(),
                    args.path("init_values").asDouble(blocks.layerScale())))
            .withTokens(
                new ViTConfig.Tokens(
                    tokens.prefix(),
                    tokens.classToken(),
                    tokens.positions(),
                    tokens.positionedPrefix(),
                    norm))
            .withAttentionPool(
                args.path("global_pool").asText(named.attentionPool() ? "map" : "").equals("map"));
    return tokens(
        config,
        args.path("class_token").asBoolean(tokens.classToken()),
        args.path("reg_tokens").asInt(tokens.registers()),
        args.path("no_embed_class").asBoolean(tokens.positionedPrefix() < tokens.prefix()));
  }

  private static Activation activation(String word, Activation absent) {
    return switch (word) {
      case "" -> absent;
      case "gelu" -> Activation.GELU;
      case "gelu_tanh" -> Activation.TANH_GELU;
      case "quick_gelu", "quickgelu" -> Activation.QUICK_GELU;
      default -> throw new FormatException("act_layer '" + word + "' is not known");
    };
  }

  // ---- writing ----

  /** One line that {@link #parse} reads. */
  public static String note(ViTConfig config) {
    ObjectNode json = JSON.createObjectNode();
    json.set(OURS, JSON.valueToTree(config));
    return json.toString();
  }

  /**
   * A file for timm and for us.
   *
   * @param classes of the head, 0 for none
   * @param meanPooled whether features are the mean of the patches rather than the class token
   */
  public static ObjectNode write(ViTConfig config, int classes, boolean meanPooled) {
    ObjectNode json = JSON.createObjectNode();
    json.put(ARCHITECTURE, "vit_base_patch16_224");
    json.put("num_classes", classes);
    json.put("num_features", config.width());
    json.put("global_pool", pool(config, meanPooled));
    ObjectNode args = json.putObject("model_args");
    args.put("img_size", config.imageSize());
    args.put("patch_size", config.patchSize());
    args.put("in_chans", config.channels());
    args.put("embed_dim", config.width());
    args.put("depth", config.depth());
    args.put("num_heads", config.heads());
    args.put("mlp_ratio", config.blocks().mlpRatio());
    args.put("global_pool", pool(config, meanPooled));
    args.put("class_token", config.tokens().classToken());
    args.put("reg_tokens", config.tokens().registers());
    args.put("no_embed_class", config.tokens().positionedPrefix() < config.prefixTokens());
    args.put("pre_norm", config.tokens().norm());
    args.put("act_layer", word(config.blocks().activation()));
    if (config.blocks().layerScale() > 0) {
      args.put("init_values", config.blocks().layerScale());
    }
    json.set(OURS, JSON.valueToTree(config));
    return json;
  }

  private static String pool(ViTConfig config, boolean meanPooled) {
    if (config.attentionPool()) {
      return "map";
    }
    return meanPooled || !config.tokens().classToken() ? "avg" : "token";
  }

  private static String word(Activation activation) {
    return switch (activation) {
      case GELU, SWIGLU -> "gelu";
      case TANH_GELU -> "gelu_tanh";
      case QUICK_GELU -> "quick_gelu";
    };
  }
}

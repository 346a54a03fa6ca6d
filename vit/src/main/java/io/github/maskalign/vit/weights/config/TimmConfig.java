package io.github.maskalign.vit.weights.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.ViTSize;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Configurations in timm's format: the name of an architecture, and arguments that override it.
 *
 * @since 0.1.0
 */
public final class TimmConfig {

  private static final String ARCHITECTURE = "architecture";
  private static final Pattern PATCH = Pattern.compile("patch([1-9]\\d{0,2})");
  private static final Pattern REGISTERS = Pattern.compile("reg(\\d{1,3})");
  private static final Pattern SIZE = Pattern.compile("\\d{2,4}");

  private record Size(int width, int depth, int heads, double mlpRatio) {}

  private static final Map<String, Size> SIZES = sizes();

  private TimmConfig() {}

  private static Map<String, Size> sizes() {
    Map<String, Size> sizes = new HashMap<>();
    for (ViTSize size : ViTSize.values()) {
      sizes.put(size.word(), new Size(size.width(), size.depth(), size.heads(), 4));
    }
    // Sizes used by one family each: DINOv2 and SigLIP.
    sizes.put("giant", new Size(1536, 40, 24, 8.0 / 3));
    sizes.put("so400m", new Size(1152, 27, 16, 3.7362));
    return Map.copyOf(sizes);
  }

  /** Whether JSON has this format. */
  public static boolean matches(JsonNode json) {
    return json.path(ARCHITECTURE).isTextual();
  }

  /**
   * Parses the configuration of a network.
   *
   * @throws FormatException if its architecture is not supported
   */
  public static ViTConfig parse(JsonNode json) {
    ViTConfig named = named(json.get(ARCHITECTURE).textValue());
    JsonNode args = json.path("model_args");
    return args.isMissingNode() || args.isNull() ? named : changed(named, new Fields(args));
  }

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
          "architecture '%s' is not supported; expected vit_SIZE_patchN..., SIZE one of %s"
              .formatted(architecture, SIZES.keySet().stream().sorted().toList()));
    }
    ViTConfig plain =
        ViTConfig.of(image - image % patch, patch, size.width, size.depth, size.heads)
            .withMlp(size.mlpRatio, Activation.GELU);
    return family(plain, words, registers);
  }

  private static ViTConfig family(ViTConfig plain, List<String> words, int registers) {
    if (words.contains("clip")) {
      boolean quick = words.contains("quickgelu");
      return plain.asClip().withActivation(quick ? Activation.QUICK_GELU : Activation.GELU);
    }
    if (words.contains("siglip")) {
      return words.contains("gap")
          ? plain
              .asSiglip()
              .withOutput(ViTConfig.Output.of(Pooling.MEAN_PATCHES).withNorm(FinalNorm.TOKENS))
          : plain.asSiglip();
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

  /** In timm all prefix tokens have positions, or none. */
  private static ViTConfig tokens(
      ViTConfig config, boolean classToken, int registers, boolean noneEmbedded) {
    ViTConfig.Tokens old = config.tokens();
    boolean rotary = old.positions() == PositionEmbedding.ROTARY;
    ViTConfig.Tokens tokens =
        ViTConfig.Tokens.of(classToken, old.positions())
            .withRegisters(registers)
            .withNorm(old.norm());
    return config.withTokens(
        tokens.withPositions(old.positions(), noneEmbedded || rotary ? 0 : tokens.prefix()));
  }

  private static ViTConfig changed(ViTConfig named, Fields args) {
    ViTConfig.Blocks blocks = named.blocks();
    ViTConfig.Tokens tokens = named.tokens();
    boolean norm = args.flag("pre_norm", tokens.norm());
    ViTConfig config =
        named
            .withInput(
                new ViTConfig.Input(
                    args.imageSize("img_size", named.imageSize()),
                    args.size("patch_size", named.patchSize()),
                    args.size("in_chans", named.channels()),
                    named.input().bias() && !norm))
            .withBlocks(
                new ViTConfig.Blocks(
                    args.size("embed_dim", blocks.width()),
                    args.size("depth", blocks.depth()),
                    args.size("num_heads", blocks.heads()),
                    args.real("mlp_ratio", blocks.mlpRatio()),
                    activation(args.text("act_layer", ""), blocks.activation()),
                    blocks.normEps(),
                    args.real("init_values", blocks.layerScale())))
            .withTokens(tokens.withNorm(norm))
            .withOutput(pool(named, args.text("global_pool", "")));
    return tokens(
        config,
        args.flag("class_token", tokens.classToken()),
        args.count("reg_tokens", tokens.registers()),
        args.flag("no_embed_class", tokens.positionedPrefix() < tokens.prefix()));
  }

  private static ViTConfig.Output pool(ViTConfig named, String pool) {
    return pool.equals("map") ? ViTConfig.Output.of(Pooling.ATTENTION) : named.output();
  }

  private static Activation activation(String activationName, Activation absent) {
    return switch (activationName) {
      case "" -> absent;
      case "gelu" -> Activation.GELU;
      case "gelu_tanh" -> Activation.TANH_GELU;
      case "quick_gelu", "quickgelu" -> Activation.QUICK_GELU;
      default -> throw new FormatException("act_layer '" + activationName + "' is not supported");
    };
  }
}

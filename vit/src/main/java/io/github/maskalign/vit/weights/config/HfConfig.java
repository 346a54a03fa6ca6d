package io.github.maskalign.vit.weights.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.text.TextConfig;
import java.util.OptionalInt;

/**
 * Configurations as Hugging Face writes them. What a file leaves out has the default of its
 * network's class.
 *
 * @param json of the network itself; in the file of a whole CLIP or SigLIP, of its image tower
 */
public record HfConfig(JsonNode json) {

  private static final double ROTARY_BASE = 100;

  /** What old files say, whose texts end in fact with the highest of their tokens. */
  private static final int UNSAID_END = 2;

  /** Whether this is one. */
  public static boolean matches(JsonNode json) {
    return json.path("model_type").isTextual();
  }

  /**
   * The network that a file describes.
   *
   * @throws FormatException if it is of no known kind
   */
  public static ViTConfig parse(JsonNode root) {
    JsonNode own = root.has("vision_config") ? root.get("vision_config") : root;
    HfConfig config = new HfConfig(own);
    String type = root.get("model_type").textValue();
    return switch (type) {
      case "clip", "clip_vision_model" -> config.clip();
      case "siglip", "siglip_vision_model" -> config.siglip();
      case "vit" -> config.vit();
      case "dinov2", "dinov2_with_registers" -> config.dinoV2(type.endsWith("registers") ? 4 : 0);
      case "dinov3_vit" -> config.dinoV3();
      default ->
          throw new FormatException(
              "model_type '%s' is no known Vision Transformer; known are clip, siglip, vit,"
                      .formatted(type)
                  + " dinov2, dinov2_with_registers and dinov3_vit");
    };
  }

  /**
   * The text tower of a whole CLIP, of the given shape.
   *
   * @throws FormatException if it is no CLIP, or of a kind that is not known
   */
  public static TextConfig text(JsonNode root, TextConfig shape) {
    if (!root.path("model_type").asText().startsWith("clip")) {
      throw new FormatException(
          "model_type '%s' has no text tower of CLIP".formatted(root.path("model_type").asText()));
    }
    HfConfig config = new HfConfig(root.path("text_config"));
    int end = config.integer("eos_token_id", 49407);
    return shape
        .withBlocks(
            config.integer("num_attention_heads", 8),
            config.activation("quick_gelu"),
            config.eps(1e-5))
        .withEnd(end == UNSAID_END ? OptionalInt.empty() : OptionalInt.of(end));
  }

  private ViTConfig clip() {
    return withMlp(sized(32, 768, 12).asClip(), "quick_gelu", 3072).withNormEps(eps(1e-5));
  }

  private ViTConfig siglip() {
    return withMlp(sized(16, 768, 12).asSiglip(), "gelu_pytorch_tanh", 3072)
        .withAttentionPool(flag("vision_use_head", true))
        .withNormEps(eps(1e-6));
  }

  private ViTConfig vit() {
    return withMlp(sized(16, 768, 12).asDino(), "gelu", 3072).withNormEps(eps(1e-12));
  }

  private ViTConfig dinoV2(int registers) {
    ViTConfig config =
        sized(14, 768, 12)
            .asDinoV2(integer("num_register_tokens", registers))
            .withNormEps(eps(1e-6));
    double ratio = real("mlp_ratio", 4);
    if (!flag("use_swiglu_ffn", false)) {
      return config.withMlp(ratio, activation("gelu"));
    }
    int hidden = ((int) (config.width() * ratio) * 2 / 3 + 7) / 8 * 8;
    return config.withMlp((double) hidden / config.width(), Activation.SWIGLU);
  }

  private ViTConfig dinoV3() {
    if (real("rope_theta", ROTARY_BASE) != ROTARY_BASE) {
      throw new FormatException(
          "rope_theta is %s, known is %s only".formatted(json.get("rope_theta"), ROTARY_BASE));
    }
    ViTConfig config = sized(16, 384, 6).asDinoV3(integer("num_register_tokens", 0));
    ViTConfig plain = withMlp(config, "gelu", 1536).withNormEps(eps(1e-5));
    return flag("use_gated_mlp", false) ? plain.withActivation(Activation.SWIGLU) : plain;
  }

  private ViTConfig sized(int patch, int width, int heads) {
    return ViTConfig.of(
            integer("image_size", 224),
            integer("patch_size", patch),
            integer("hidden_size", width),
            integer("num_hidden_layers", 12),
            integer("num_attention_heads", heads))
        .withChannels(integer("num_channels", 3));
  }

  private ViTConfig withMlp(ViTConfig config, String activation, int hidden) {
    double ratio = (double) integer("intermediate_size", hidden) / config.width();
    return config.withMlp(ratio, activation(activation));
  }

  private Activation activation(String absent) {
    String word = json.path("hidden_act").asText(absent);
    return switch (word) {
      case "gelu" -> Activation.GELU;
      case "gelu_pytorch_tanh", "gelu_new", "gelu_fast" -> Activation.TANH_GELU;
      case "quick_gelu" -> Activation.QUICK_GELU;
      case "silu" -> Activation.SWIGLU;
      default -> throw new FormatException("hidden_act '" + word + "' is not known");
    };
  }

  private double eps(double absent) {
    return real("layer_norm_eps", absent);
  }

  private int integer(String key, int absent) {
    JsonNode value = json.path(key);
    // A few files give sizes as [height, width].
    JsonNode first = value.isArray() && !value.isEmpty() ? value.get(0) : value;
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    if (!first.canConvertToInt() || !first.isIntegralNumber()) {
      throw new FormatException("'" + key + "' is no integer");
    }
    return first.intValue();
  }

  private double real(String key, double absent) {
    return json.path(key).asDouble(absent);
  }

  private boolean flag(String key, boolean absent) {
    return json.path(key).asBoolean(absent);
  }
}

package io.github.maskalign.vit.weights.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;

/**
 * Configurations in Hugging Face's format. Missing values have the default of the network's class.
 */
public final class HfConfig {

  private static final double ROTARY_BASE = 100;

  /** Of the network itself; for a complete CLIP or SigLIP, of one tower. */
  private final Fields fields;

  private HfConfig(JsonNode json) {
    this.fields = new Fields(json);
  }

  /** Whether JSON has this format. */
  public static boolean matches(JsonNode json) {
    return json.path("model_type").isTextual();
  }

  /**
   * Parses the configuration of a network.
   *
   * @throws FormatException if its kind is not supported
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
              "model_type '%s' is not supported; supported are clip, siglip, vit,".formatted(type)
                  + " dinov2, dinov2_with_registers and dinov3_vit");
    };
  }

  private ViTConfig clip() {
    return withMlp(sized(32, 768, 12).asClip(), "quick_gelu", 3072).withNormEps(eps(1e-5));
  }

  private ViTConfig siglip() {
    ViTConfig config =
        withMlp(sized(16, 768, 12).asSiglip(), "gelu_pytorch_tanh", 3072).withNormEps(eps(1e-6));
    return fields.flag("vision_use_head", true)
        ? config
        : config.withOutput(ViTConfig.Output.of(Pooling.MEAN_PATCHES).withNorm(FinalNorm.TOKENS));
  }

  private ViTConfig vit() {
    return withMlp(sized(16, 768, 12).asDino(), "gelu", 3072).withNormEps(eps(1e-12));
  }

  private ViTConfig dinoV2(int registers) {
    ViTConfig config =
        sized(14, 768, 12)
            .asDinoV2(fields.count("num_register_tokens", registers))
            .withNormEps(eps(1e-6));
    double ratio = fields.real("mlp_ratio", 4);
    if (!fields.flag("use_swiglu_ffn", false)) {
      return config.withMlp(ratio, activation("gelu"));
    }
    int hidden = ((int) (config.width() * ratio) * 2 / 3 + 7) / 8 * 8;
    return config.withMlp((double) hidden / config.width(), Activation.SWIGLU);
  }

  private ViTConfig dinoV3() {
    double base = fields.real("rope_theta", ROTARY_BASE);
    if (base != ROTARY_BASE) {
      throw new FormatException(
          "rope_theta is %s, only %s is supported".formatted(base, ROTARY_BASE));
    }
    ViTConfig config = sized(16, 384, 6).asDinoV3(fields.count("num_register_tokens", 0));
    ViTConfig plain = withMlp(config, "gelu", 1536).withNormEps(eps(1e-5));
    return fields.flag("use_gated_mlp", false) ? plain.withActivation(Activation.SWIGLU) : plain;
  }

  private ViTConfig sized(int patch, int width, int heads) {
    return ViTConfig.of(
            fields.imageSize("image_size", ImageSize.square(224)),
            fields.size("patch_size", patch),
            fields.size("hidden_size", width),
            fields.size("num_hidden_layers", 12),
            fields.size("num_attention_heads", heads))
        .withChannels(fields.size("num_channels", 3));
  }

  private ViTConfig withMlp(ViTConfig config, String activation, int hidden) {
    double ratio = (double) fields.size("intermediate_size", hidden) / config.width();
    return config.withMlp(ratio, activation(activation));
  }

  private Activation activation(String absent) {
    return activation(fields, absent);
  }

  /**
   * The activation of MLPs.
   *
   * @param absent the default of the network's class
   * @throws FormatException if it is not supported
   */
  public static Activation activation(Fields fields, String absent) {
    String word = fields.text("hidden_act", absent);
    return switch (word) {
      case "gelu" -> Activation.GELU;
      case "gelu_pytorch_tanh", "gelu_new", "gelu_fast" -> Activation.TANH_GELU;
      case "quick_gelu" -> Activation.QUICK_GELU;
      case "silu" -> Activation.SWIGLU;
      default -> throw new FormatException("hidden_act '" + word + "' is not supported");
    };
  }

  private double eps(double absent) {
    return fields.real("layer_norm_eps", absent);
  }
}

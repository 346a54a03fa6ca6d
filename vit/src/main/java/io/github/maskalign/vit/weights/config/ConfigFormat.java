package io.github.maskalign.vit.weights.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.ViTConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The formats of configurations. */
public enum ConfigFormat {
  /** This library's. */
  OWN(
      "maskalign.blocks.width",
      "maskalign.blocks.depth",
      "maskalign.blocks.mlpRatio",
      "maskalign.tokens.prefix",
      "maskalign.input.channels",
      "maskalign.input.patchSize",
      "maskalign.input.imageSize"),
  /** timm's. */
  TIMM(
      "model_args.embed_dim",
      "model_args.depth",
      "model_args.mlp_ratio",
      "model_args.reg_tokens",
      "model_args.in_chans",
      "model_args.patch_size",
      "model_args.img_size"),
  /** OpenCLIP's. */
  OPEN_CLIP(
      "model_cfg.vision_cfg.width",
      "model_cfg.vision_cfg.layers",
      "model_cfg.vision_cfg.mlp_ratio",
      "model_cfg.vision_cfg.registers",
      "model_cfg.vision_cfg.channels",
      "model_cfg.vision_cfg.patch_size",
      "model_cfg.vision_cfg.image_size"),
  /** Hugging Face's. */
  HUGGING_FACE(
      "hidden_size",
      "num_hidden_layers",
      "intermediate_size",
      "num_register_tokens",
      "num_channels",
      "patch_size",
      "image_size");

  private static final String TOWER = "vision_config";

  /** Paths of the keys, in the order of {@link ConfigSize}. */
  private final List<String> keys;

  ConfigFormat(String... keys) {
    this.keys = List.of(keys);
  }

  /** The format of a configuration; empty if it is unknown. */
  public static Optional<ConfigFormat> of(JsonNode json) {
    return Arrays.stream(values()).filter(format -> format.matches(json)).findFirst();
  }

  private boolean matches(JsonNode json) {
    return switch (this) {
      case OWN -> json.has(ConfigMetadata.FIELD);
      case TIMM -> TimmConfig.matches(json);
      case OPEN_CLIP -> OpenClipConfig.matches(json);
      case HUGGING_FACE -> HfConfig.matches(json);
    };
  }

  /**
   * Parses the configuration of an image tower.
   *
   * @throws FormatException if a value is invalid, or the network is of an unsupported kind
   */
  public ViTConfig parse(JsonNode json) {
    return switch (this) {
      case OWN -> ConfigMetadata.read(json.toString());
      case TIMM -> TimmConfig.parse(json);
      case OPEN_CLIP -> OpenClipConfig.parse(json);
      case HUGGING_FACE -> HfConfig.parse(json);
    };
  }

  /**
   * How a configuration states a size, for messages: {@code "'depth' of 12"}.
   *
   * @param value of the size
   */
  public String statement(JsonNode json, ConfigSize size, Object value) {
    String path = keys.get(size.ordinal());
    JsonNode holder = this == HUGGING_FACE && json.has(TOWER) ? json.get(TOWER) : json;
    JsonNode found = holder.at("/" + path.replace('.', '/'));
    if (this == HUGGING_FACE && size == ConfigSize.MLP && holder.has("mlp_ratio")) {
      path = "mlp_ratio";
      found = holder.get(path);
    }
    String key = path.substring(path.lastIndexOf('.') + 1);
    if (found.isMissingNode() || found.isNull()) {
      return this == TIMM
          ? "'architecture' has %s %s".formatted(key, value)
          : "'%s' is %s by default".formatted(key, value);
    }
    return "'%s' is %s".formatted(key, JsonText.shown(found));
  }
}

package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonWriter;

/**
 * Configurations in timm's format: the name of an architecture, and arguments that override it. The
 * complete {@link ViTConfig} is in a field that timm ignores.
 */
final class TimmConfigJson {

  private TimmConfigJson() {}

  /**
   * The configuration for timm.
   *
   * @param classes of the head, 0 for none
   * @param pooling of the features
   */
  static ObjectNode write(ViTConfig config, int classes, Pooling pooling) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("architecture", "vit_base_patch16_224");
    json.put("num_classes", classes);
    json.put("num_features", config.width());
    json.put("global_pool", pool(config, pooling));
    ObjectNode args = json.putObject("model_args");
    args.set("img_size", JsonWriter.tree(config.imageSize()));
    args.put("patch_size", config.patchSize());
    args.put("in_chans", config.channels());
    args.put("embed_dim", config.width());
    args.put("depth", config.depth());
    args.put("num_heads", config.heads());
    args.put("mlp_ratio", config.blocks().mlpRatio());
    args.put("global_pool", pool(config, pooling));
    args.put("class_token", config.tokens().classToken());
    args.put("reg_tokens", config.tokens().registers());
    args.put("no_embed_class", config.tokens().positionedPrefix() < config.prefixTokens());
    args.put("pre_norm", config.tokens().norm());
    args.put("act_layer", activationName(config.blocks().activation()));
    if (config.blocks().layerScale() > 0) {
      args.put("init_values", config.blocks().layerScale());
    }
    json.set(ConfigMetadata.FIELD, JsonWriter.tree(config));
    return json;
  }

  private static String pool(ViTConfig config, Pooling pooling) {
    if (config.attentionPool()) {
      return "map";
    }
    return pooling == Pooling.CLASS_TOKEN && config.tokens().classToken() ? "token" : "avg";
  }

  private static String activationName(Activation activation) {
    return switch (activation) {
      case GELU, SWIGLU -> "gelu";
      case TANH_GELU -> "gelu_tanh";
      case QUICK_GELU -> "quick_gelu";
    };
  }
}

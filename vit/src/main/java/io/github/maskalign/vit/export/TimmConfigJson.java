package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonWriter;
import java.util.Map;

/**
 * Configurations in timm's format: the name of an architecture, and arguments that override it. The
 * complete {@link ViTConfig} is in a field that timm ignores.
 */
final class TimmConfigJson {

  private TimmConfigJson() {}

  private static final double USUAL_EPS = 1e-6;

  /** Architectures differ in the epsilon of their norms, which no argument changes. */
  private static final Map<Double, String> ARCHITECTURES =
      Map.of(USUAL_EPS, "vit_base_patch16_224", 1e-5, "vit_base_patch16_clip_224");

  private static final String DISTILLED = "deit_base_distilled_patch16_224";

  /**
   * The configuration for timm.
   *
   * @throws FormatException if timm has no such network
   */
  static ObjectNode write(SavedNetwork network, ExportNotes notes) {
    ViTConfig config = network.config();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    String pool = pool(config.output());
    json.put("architecture", architecture(config, network.classes()));
    json.put("num_classes", network.classes());
    json.put("num_features", config.width());
    json.put("global_pool", pool);
    if (!notes.labels().isEmpty()) {
      notes.labels().forEach(json.putArray("label_names")::add);
    }
    notes.addProblemType(json, network.classes());
    ObjectNode args = json.putObject("model_args");
    args.set("img_size", JsonWriter.tree(config.imageSize()));
    args.put("patch_size", config.patchSize());
    args.put("in_chans", config.channels());
    args.put("embed_dim", config.width());
    args.put("depth", config.depth());
    args.put("num_heads", config.heads());
    args.put("mlp_ratio", config.blocks().mlpRatio());
    args.put("global_pool", pool);
    args.put("fc_norm", config.output().norm() == FinalNorm.POOLED);
    args.put("final_norm", config.output().norm() != FinalNorm.NONE);
    args.put("pool_include_prefix", config.output().pooling() == Pooling.MEAN_TOKENS);
    args.put("class_token", config.tokens().classToken());
    args.put("reg_tokens", config.tokens().registers());
    args.put("no_embed_class", config.tokens().positionedPrefix() < config.prefixTokens());
    args.put("pre_norm", config.tokens().norm());
    args.put("qkv_bias", config.blocks().bias().query());
    args.put("proj_bias", config.blocks().bias().projection());
    args.put("qk_norm", config.blocks().queryKeyNorm());
    args.put("act_layer", activationName(config.blocks().activation()));
    if (config.blocks().layerScale() > 0) {
      args.put("init_values", config.blocks().layerScale());
    }
    pretrained(json.putObject("pretrained_cfg"), config, network, notes);
    json.set(ConfigMetadata.FIELD, ConfigMetadata.tree(config));
    return json;
  }

  private static String architecture(ViTConfig config, int classes) {
    require(
        config.input().bias() != config.tokens().norm(),
        "the patch embedding has a bias exactly if no norm precedes the blocks");
    BlockConfig.Bias bias = config.blocks().bias();
    require(
        bias.query() == bias.key() && bias.key() == bias.value(),
        "queries, keys and values all have a bias, or none has");
    require(bias.projection() == bias.mlp(), "attention and MLP both have a bias, or neither has");
    require(config.output().pooler() == 0, "there is no pooler");
    TokenConfig tokens = config.tokens();
    if (tokens.distillationToken()) {
      boolean both = config.output().pooling() == Pooling.CLASS_AND_DISTILLATION;
      require(
          tokens.classToken() && tokens.registers() == 0 && tokens.positionedPrefix() == 2,
          "a distillation token follows a class token, both with positions, and there are no"
              + " registers");
      require(classes == 0 || both, "the distillation token has a head of its own");
      require(
          config.output().norm() == FinalNorm.TOKENS && !tokens.norm(),
          "networks with a distillation token have one norm, after the blocks");
    }
    String architecture = ARCHITECTURES.get(config.normEps());
    if (architecture == null || tokens.distillationToken() && config.normEps() != USUAL_EPS) {
      throw new FormatException(
          ("timm export: the norms of timm's networks have epsilon 1e-6 or, in CLIP's, 1e-5, and"
                  + " those of this network have %s; export as hf or onnx instead")
              .formatted(config.normEps()));
    }
    return tokens.distillationToken() ? DISTILLED : architecture;
  }

  private static void require(boolean same, String timm) {
    if (!same) {
      throw new FormatException(
          "timm export: in timm, " + timm + ", unlike this network; export as onnx instead");
    }
  }

  private static void pretrained(
      ObjectNode json, ViTConfig config, SavedNetwork network, ExportNotes notes) {
    TimmProcessorJson.add(json, config, notes.preprocessing());
    json.put("num_classes", network.classes());
    notes.license().ifPresent(license -> json.put("license", license));
  }

  private static String pool(OutputConfig output) {
    return switch (output.pooling()) {
      case CLASS_TOKEN, CLASS_AND_DISTILLATION, MEAN_CLASS_AND_DISTILLATION -> "token";
      case MEAN_PATCHES, MEAN_TOKENS -> "avg";
      case MAX_PATCHES -> "max";
      case MEAN_MAX -> "avgmax";
      case ATTENTION -> "map";
      case NONE -> "";
      case QUERIES, CLASS_AND_MEAN ->
          throw new FormatException(
              "timm export: timm does not pool by %s; export as onnx instead"
                  .formatted(output.pooling().title()));
    };
  }

  private static String activationName(Activation activation) {
    return switch (activation.nonlinearity()) {
      case GELU -> "gelu";
      case TANH_GELU -> "gelu_tanh";
      case QUICK_GELU -> "quick_gelu";
      case SILU -> "silu";
      case RELU -> "relu";
    };
  }
}

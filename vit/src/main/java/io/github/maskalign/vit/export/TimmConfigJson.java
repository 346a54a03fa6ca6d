package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.json.JsonWriter;
import java.util.Arrays;
import java.util.Map;

/**
 * Configurations in timm's format: the name of an architecture, and arguments that override it. The
 * complete {@link ViTConfig} is in a field that timm ignores.
 */
final class TimmConfigJson {

  private TimmConfigJson() {}

  /** Architectures differ in the epsilon of their norms, which no argument changes. */
  private static final Map<Double, String> ARCHITECTURES =
      Map.of(1e-6, "vit_base_patch16_224", 1e-5, "vit_base_patch16_clip_224");

  /**
   * The configuration for timm.
   *
   * @throws FormatException if timm has no such network
   */
  static ObjectNode write(ViTConfig config, SavedNetwork network, ExportNotes notes) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    String pool = pool(config.output());
    json.put("architecture", architecture(config));
    json.put("num_classes", network.classes());
    json.put("num_features", config.width());
    json.put("global_pool", pool);
    if (!notes.labels().isEmpty()) {
      notes.labels().forEach(json.putArray("label_names")::add);
    }
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

  private static String architecture(ViTConfig config) {
    String architecture = ARCHITECTURES.get(config.normEps());
    if (architecture == null) {
      throw new FormatException(
          "timm export: the norms of timm's networks have epsilon 1e-6 or, in CLIP's, 1e-5, and"
              + " those of this network have %s; export as hf or onnx instead"
                  .formatted(config.normEps()));
    }
    require(
        config.input().bias() != config.tokens().norm(),
        "the patch embedding has a bias exactly if no norm precedes the blocks");
    BlockConfig.Bias bias = config.blocks().bias();
    require(
        bias.query() == bias.key() && bias.key() == bias.value(),
        "queries, keys and values all have a bias, or none has");
    require(bias.projection() == bias.mlp(), "attention and MLP both have a bias, or neither has");
    require(!config.tokens().distillationToken(), "no distillation token is supported here");
    require(config.output().pooler() == 0, "there is no pooler");
    return architecture;
  }

  private static void require(boolean same, String timm) {
    if (!same) {
      throw new FormatException(
          "timm export: in timm, " + timm + ", unlike this network; export as onnx instead");
    }
  }

  private static void pretrained(
      ObjectNode json, ViTConfig config, SavedNetwork network, ExportNotes notes) {
    ArrayNode size = json.putArray("input_size");
    size.add(config.channels()).add(config.imageSize().height()).add(config.imageSize().width());
    Arrays.stream(notes.stats().mean()).forEach(json.putArray("mean")::add);
    Arrays.stream(notes.stats().std()).forEach(json.putArray("std")::add);
    PlainView view = PlainView.of(notes.preprocessing());
    json.put("interpolation", view.interpolation());
    json.put("crop_mode", view.squashed() ? "squash" : "center");
    json.put("crop_pct", fraction(view));
    json.put("num_classes", network.classes());
    json.put("fixed_input_size", true);
    notes.license().ifPresent(license -> json.put("license", license));
  }

  /** Which timm divides both sides by, and rounds down. */
  private static double fraction(PlainView view) {
    ImageSize resized = view.resized();
    double ofHeight = (double) view.size().height() / resized.height();
    double ofWidth = (double) view.size().width() / resized.width();
    double fraction = Math.min(ofHeight, ofWidth);
    for (double each : new double[] {fraction, Math.nextDown(fraction)}) {
      if ((int) (view.size().height() / each) == resized.height()
          && (int) (view.size().width() / each) == resized.width()) {
        return each;
      }
    }
    throw new FormatException(
        "timm export: images of %s pixels are not the center of %s by one 'crop_pct'; export as onnx instead"
            .formatted(view.size(), resized));
  }

  private static String pool(OutputConfig output) {
    return switch (output.pooling()) {
      case CLASS_TOKEN -> "token";
      case MEAN_PATCHES, MEAN_TOKENS -> "avg";
      case MAX_PATCHES -> "max";
      case MEAN_MAX -> "avgmax";
      case ATTENTION -> "map";
      case NONE -> "";
      case QUERIES, CLASS_AND_MEAN, CLASS_AND_DISTILLATION, MEAN_CLASS_AND_DISTILLATION ->
          throw new FormatException(
              "timm export: timm does not pool by %s; export as onnx instead"
                  .formatted(output.pooling()));
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

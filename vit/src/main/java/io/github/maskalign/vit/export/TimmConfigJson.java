package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.Preprocessing;
import io.github.maskalign.vit.json.JsonWriter;
import io.github.maskalign.vit.weights.SavedNetwork;
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
    String pool = pool(config, network);
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
    args.put("fc_norm", network.parameters().get("fc_norm.weight") != null);
    args.put("class_token", config.tokens().classToken());
    args.put("reg_tokens", config.tokens().registers());
    args.put("no_embed_class", config.tokens().positionedPrefix() < config.prefixTokens());
    args.put("pre_norm", config.tokens().norm());
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
    if (config.input().bias() == config.tokens().norm()) {
      throw new FormatException(
          "timm export: in timm, the patch embedding has a bias exactly if no norm precedes the"
              + " blocks, unlike this network's; export as onnx instead");
    }
    return architecture;
  }

  private static void pretrained(
      ObjectNode json, ViTConfig config, SavedNetwork network, ExportNotes notes) {
    ArrayNode size = json.putArray("input_size");
    size.add(config.channels()).add(config.imageSize().height()).add(config.imageSize().width());
    Arrays.stream(notes.stats().mean()).forEach(json.putArray("mean")::add);
    Arrays.stream(notes.stats().std()).forEach(json.putArray("std")::add);
    json.put("interpolation", "bicubic");
    Preprocessing images = notes.preprocessing();
    json.put("crop_mode", images.shortSide() == 0 ? "squash" : "center");
    json.put("crop_pct", images.shortSide() == 0 ? 1 : fraction(images));
    json.put("num_classes", network.classes());
    json.put("fixed_input_size", true);
    notes.license().ifPresent(license -> json.put("license", license));
  }

  /** Which timm divides by, and rounds down. */
  private static double fraction(Preprocessing images) {
    double fraction = (double) images.size() / images.shortSide();
    return (int) (images.size() / fraction) < images.shortSide()
        ? Math.nextDown(fraction)
        : fraction;
  }

  private static String pool(ViTConfig config, SavedNetwork network) {
    if (config.output().pooling() == Pooling.ATTENTION) {
      return "map";
    }
    return network.pooling() == Pooling.CLASS_TOKEN && config.tokens().classToken()
        ? "token"
        : "avg";
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

package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonWriter;
import io.github.maskalign.vit.weights.SavedNetwork;
import io.github.maskalign.vit.weights.names.ViTNames;
import java.util.ArrayList;
import java.util.List;

/** Classes of transformers, each of which computes one kind of network. */
enum HfClass {
  VIT("vit", "ViT", ViTNames.HF_VIT, "vit."),
  I_JEPA("ijepa", "IJepa", ViTNames.HF_VIT, "ijepa."),
  DINOV2("dinov2", "Dinov2", ViTNames.HF_DINOV2, ""),
  DINOV2_REGISTERS("dinov2_with_registers", "Dinov2WithRegisters", ViTNames.HF_DINOV2, ""),
  DINOV3("dinov3_vit", "DINOv3ViT", ViTNames.HF_DINOV3, ""),
  CLIP("clip_vision_model", "CLIPVision", ViTNames.HF_CLIP, ""),
  SIGLIP("siglip_vision_model", "SiglipVision", ViTNames.HF_SIGLIP, "");

  private final String modelType;
  private final String word;
  private final ViTNames names;
  private final String classifierPrefix;

  HfClass(String modelType, String word, ViTNames names, String classifierPrefix) {
    this.modelType = modelType;
    this.word = word;
    this.names = names;
    this.classifierPrefix = classifierPrefix;
  }

  /**
   * The class for a network.
   *
   * @throws FormatException with the reason if none computes the same
   */
  static HfClass of(SavedNetwork network) {
    ViTConfig config = network.config();
    HfClass kind = likeliest(config);
    List<String> reasons = kind.differences(config);
    if (network.classes() > 0) {
      kind.addHeadDifferences(network, reasons);
    }
    if (!reasons.isEmpty()) {
      String suggestion =
          network.classes() > 0 && kind == VIT
              ? "; AutoModelForImageClassification also loads a timm export, through timm"
              : "; export as timm or onnx instead";
      throw new FormatException(
          "hf export: %s of transformers differs from this network: %s%s"
              .formatted(
                  kind.className(network.classes()), String.join(", ", reasons), suggestion));
    }
    return kind;
  }

  private static HfClass likeliest(ViTConfig config) {
    ViTConfig.Tokens tokens = config.tokens();
    if (tokens.positions() == PositionEmbedding.ROTARY) {
      return DINOV3;
    }
    if (config.output().pooling() == Pooling.ATTENTION) {
      return SIGLIP;
    }
    if (tokens.norm()) {
      return CLIP;
    }
    if (config.blocks().layerScale() > 0) {
      return tokens.registers() > 0 ? DINOV2_REGISTERS : DINOV2;
    }
    return tokens.classToken() ? VIT : I_JEPA;
  }

  /** Phrases for what this class cannot express. */
  private List<String> differences(ViTConfig config) {
    ViTConfig.Tokens tokens = config.tokens();
    boolean classToken = this != I_JEPA && this != SIGLIP;
    boolean registers = this == DINOV2_REGISTERS || this == DINOV3;
    boolean layerScale = registers || this == DINOV2;
    int positioned = classToken && this != DINOV3 ? 1 : 0;
    boolean gated = config.blocks().activation().isGated();
    List<String> reasons = new ArrayList<>();
    differs(reasons, tokens.classToken() != classToken, "a class token");
    differs(reasons, tokens.registers() > 0 && !registers, "register tokens");
    differs(reasons, tokens.positionedPrefix() != positioned, "the positions of the prefix tokens");
    differs(reasons, tokens.norm() != (this == CLIP), "a norm before the blocks");
    differs(reasons, config.blocks().layerScale() > 0 != layerScale, "layer scale");
    differs(reasons, config.input().bias() != (this != CLIP), "the bias of the patch embedding");
    differs(reasons, tokens.distillationToken(), "a distillation token");
    differs(reasons, gated && !layerScale, "a gated MLP");
    differs(reasons, config.blocks().queryKeyNorm(), "norms of queries and keys");
    differs(reasons, !hasBiases(config.blocks().bias()), "missing biases");
    if (this == DINOV2 || this == DINOV2_REGISTERS) {
      double ratio = gated ? 4 : config.blocks().mlpRatio();
      boolean silu = !gated || config.blocks().activation() == Activation.SWIGLU;
      differs(reasons, !silu, "the function that gates the MLP");
      boolean width = gated && config.mlpWidth() != dinoV2Gated(config.width(), 4);
      differs(reasons, ratio != Math.rint(ratio) || width, "the width of the MLP");
    }
    return reasons;
  }

  /** Whether this class can do with these biases. */
  private boolean hasBiases(ViTConfig.Bias bias) {
    boolean rest = bias.projection() && bias.mlp();
    return switch (this) {
      case DINOV3 -> true;
      case CLIP, SIGLIP -> bias.equals(ViTConfig.Bias.ALL);
      default -> rest && (bias.query() == bias.key() && bias.key() == bias.value());
    };
  }

  private void addHeadDifferences(SavedNetwork network, List<String> reasons) {
    boolean normAfterMean = network.parameters().get("fc_norm.weight") != null;
    differs(reasons, normAfterMean, "the norm after the mean of the patches");
    Pooling expected = this == I_JEPA ? Pooling.MEAN_PATCHES : Pooling.CLASS_TOKEN;
    boolean hasHead = this == VIT || this == I_JEPA;
    differs(
        reasons,
        !normAfterMean && (!hasHead || network.pooling() != expected),
        "the pooling before the head");
  }

  private static void differs(List<String> reasons, boolean differs, String what) {
    if (differs) {
      reasons.add(what);
    }
  }

  private static int dinoV2Gated(int width, int ratio) {
    return (width * ratio * 2 / 3 + 7) / 8 * 8;
  }

  /** The name of the class, with a head or without. */
  String className(int classes) {
    return word + (classes > 0 ? "ForImageClassification" : "Model");
  }

  /** The names of its tensors. */
  ViTNames names() {
    return names;
  }

  /** Prefix of the names of a network below a head. */
  String prefix(int classes) {
    return classes > 0 ? classifierPrefix : "";
  }

  /** Whether its files hold a mask token, which is used in training only. */
  boolean hasMaskToken() {
    return this == DINOV2 || this == DINOV2_REGISTERS || this == DINOV3;
  }

  /** Whether a network of this class and configuration has a tensor. */
  boolean has(String tensor, ViTConfig config, boolean keyBias) {
    boolean gated = config.blocks().activation().isGated();
    return switch (this) {
      case DINOV2, DINOV2_REGISTERS ->
          !tensor.contains(".mlp.") || tensor.contains(".mlp.weights_") == gated;
      case DINOV3 ->
          (keyBias || !tensor.endsWith("k_proj.bias")) && (gated || !tensor.contains("gate_proj"));
      default -> true;
    };
  }

  /**
   * config.json without labels.
   *
   * @param keyBias whether the keys have a bias, if the class has a choice
   */
  ObjectNode config(ViTConfig config, int classes, boolean keyBias) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putArray("architectures").add(className(classes));
    json.put("model_type", modelType);
    json.put("dtype", "float32");
    json.set("image_size", JsonWriter.tree(config.imageSize()));
    json.put("patch_size", config.patchSize());
    json.put("num_channels", config.channels());
    json.put("hidden_size", config.width());
    json.put("num_hidden_layers", config.depth());
    json.put("num_attention_heads", config.heads());
    json.put("layer_norm_eps", config.normEps());
    json.put("hidden_act", activation(config.blocks().activation()));
    boolean gated = config.blocks().activation().isGated();
    ViTConfig.Bias bias = config.blocks().bias();
    switch (this) {
      case VIT, I_JEPA ->
          json.put("intermediate_size", config.mlpWidth()).put("qkv_bias", bias.query());
      case CLIP -> json.put("intermediate_size", config.mlpWidth());
      case SIGLIP -> json.put("intermediate_size", config.mlpWidth()).put("vision_use_head", true);
      case DINOV2, DINOV2_REGISTERS -> {
        json.put("mlp_ratio", gated ? 4 : (int) config.blocks().mlpRatio());
        json.put("use_swiglu_ffn", gated).put("qkv_bias", bias.query());
        if (this == DINOV2_REGISTERS) {
          json.put("num_register_tokens", config.tokens().registers());
        }
      }
      case DINOV3 -> {
        json.put("intermediate_size", config.mlpWidth()).put("use_gated_mlp", gated);
        json.put("num_register_tokens", config.tokens().registers()).put("rope_theta", 100.0);
        json.put("query_bias", bias.query()).put("key_bias", keyBias);
        json.put("value_bias", bias.value());
        json.put("proj_bias", bias.projection()).put("mlp_bias", bias.mlp());
      }
    }
    return json;
  }

  private static String activation(Activation activation) {
    return switch (activation.nonlinearity()) {
      case GELU -> "gelu";
      case TANH_GELU -> "gelu_pytorch_tanh";
      case QUICK_GELU -> "quick_gelu";
      case SILU -> "silu";
      case RELU -> "relu";
    };
  }
}

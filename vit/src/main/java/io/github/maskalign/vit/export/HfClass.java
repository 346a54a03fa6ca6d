package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonWriter;
import io.github.maskalign.vit.weights.family.Families;
import io.github.maskalign.vit.weights.family.NameTable;
import java.util.ArrayList;
import java.util.List;

/** Classes of transformers, each of which computes one kind of network. */
enum HfClass {
  VIT("vit", "ViT", "vit."),
  I_JEPA("ijepa", "IJepa", "ijepa."),
  DINOV2("dinov2", "Dinov2", ""),
  DINOV2_REGISTERS("dinov2_with_registers", "Dinov2WithRegisters", ""),
  DINOV3("dinov3_vit", "DINOv3ViT", ""),
  CLIP("clip_vision_model", "CLIPVision", ""),
  SIGLIP("siglip_vision_model", "SiglipVision", "");

  /** The ratio of gated MLPs, which narrow to two thirds of it. */
  private static final int GATED_RATIO = 4;

  private final String modelType;
  private final String word;
  private final NameTable names;
  private final String classifierPrefix;

  HfClass(String modelType, String word, String classifierPrefix) {
    this.modelType = modelType;
    this.word = word;
    this.names = Families.transformers(modelType);
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
    TokenConfig tokens = config.tokens();
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
    TokenConfig tokens = config.tokens();
    BlockConfig blocks = config.blocks();
    boolean classToken = this != I_JEPA && this != SIGLIP;
    boolean registers = this == DINOV2_REGISTERS || this == DINOV3;
    boolean layerScale = registers || this == DINOV2;
    int positioned = classToken && this != DINOV3 ? 1 : 0;
    List<String> reasons = new ArrayList<>();
    differs(reasons, tokens.classToken() != classToken, "a class token");
    differs(reasons, tokens.distillationToken(), "a distillation token");
    differs(reasons, tokens.registers() > 0 && !registers, "register tokens");
    differs(reasons, tokens.positionedPrefix() != positioned, "the positions of the prefix tokens");
    differs(reasons, tokens.norm() != (this == CLIP), "a norm before the blocks");
    differs(reasons, blocks.layerScale() > 0 != layerScale, "layer scale");
    differs(reasons, blocks.queryKeyNorm(), "query-key norm");
    differs(reasons, config.input().bias() != (this != CLIP), "the bias of the patch embedding");
    differs(reasons, !hasChoice(blocks.bias()), "which layers have a bias");
    boolean gates = this == DINOV3 || layerScale && blocks.activation() == Activation.SWIGLU;
    differs(reasons, blocks.activation().isGated() && !gates, "a gated MLP");
    if (this == DINOV2 || this == DINOV2_REGISTERS) {
      differs(reasons, !hasDinoV2Width(config), "the width of the MLP");
    }
    return reasons;
  }

  /** Whether this class can have these biases. */
  private boolean hasChoice(BlockConfig.Bias bias) {
    boolean alike = bias.query() == bias.key() && bias.key() == bias.value();
    return switch (this) {
      case DINOV3 -> true;
      case CLIP, SIGLIP -> bias.equals(BlockConfig.Bias.ALL);
      default -> alike && bias.projection() && bias.mlp();
    };
  }

  private static boolean hasDinoV2Width(ViTConfig config) {
    double ratio = config.blocks().mlpRatio();
    return config.blocks().activation().isGated()
        ? config.mlpWidth() == (config.width() * GATED_RATIO * 2 / 3 + 7) / 8 * 8
        : ratio == Math.rint(ratio);
  }

  private void addHeadDifferences(SavedNetwork network, List<String> reasons) {
    OutputConfig output = network.config().output();
    Pooling expected = this == I_JEPA ? Pooling.MEAN_TOKENS : Pooling.CLASS_TOKEN;
    // Without a class token, all tokens are patches.
    boolean mean = this == I_JEPA && output.pooling() == Pooling.MEAN_PATCHES;
    boolean pooled = (this == VIT || this == I_JEPA) && (mean || output.pooling() == expected);
    boolean after = output.norm() == FinalNorm.POOLED;
    differs(reasons, after, "the norm after the mean of the patches");
    differs(reasons, !after && !pooled, "the pooling before the head");
    differs(reasons, output.norm() == FinalNorm.NONE, "the final norm");
  }

  private static void differs(List<String> reasons, boolean differs, String what) {
    if (differs) {
      reasons.add(what);
    }
  }

  /** The name of the class, with a head or without. */
  String className(int classes) {
    return word + (classes > 0 ? "ForImageClassification" : "Model");
  }

  /** The names of its tensors. */
  NameTable names() {
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
  boolean has(String tensor, ViTConfig config) {
    boolean gated = config.blocks().activation().isGated();
    return switch (this) {
      case DINOV2, DINOV2_REGISTERS ->
          !tensor.contains(".mlp.") || tensor.contains(".mlp.weights_") == gated;
      case DINOV3 -> gated || !tensor.contains("gate_proj");
      default -> true;
    };
  }

  /** config.json without labels. */
  ObjectNode config(ViTConfig config, int classes) {
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
    BlockConfig.Bias bias = config.blocks().bias();
    switch (this) {
      case VIT, I_JEPA ->
          json.put("intermediate_size", config.mlpWidth()).put("qkv_bias", bias.query());
      case CLIP -> json.put("intermediate_size", config.mlpWidth());
      case SIGLIP -> json.put("intermediate_size", config.mlpWidth()).put("vision_use_head", true);
      case DINOV2, DINOV2_REGISTERS -> {
        json.put("mlp_ratio", gated ? GATED_RATIO : (int) config.blocks().mlpRatio());
        json.put("use_swiglu_ffn", gated).put("qkv_bias", bias.query());
        if (this == DINOV2_REGISTERS) {
          json.put("num_register_tokens", config.tokens().registers());
        }
      }
      case DINOV3 -> {
        json.put("intermediate_size", config.mlpWidth()).put("use_gated_mlp", gated);
        json.put("num_register_tokens", config.tokens().registers());
        json.put("rope_theta", config.tokens().rotaryBase());
        json.put("query_bias", bias.query()).put("key_bias", bias.key());
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

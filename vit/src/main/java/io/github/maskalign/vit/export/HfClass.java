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
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Classes of transformers, each of which computes one kind of network. */
enum HfClass {
  VIT("vit", "ViT", "vit."),
  DEIT("deit", "DeiT", "deit."),
  I_JEPA("ijepa", "IJepa", "ijepa."),
  DINOV2("dinov2", "Dinov2", "dinov2."),
  DINOV2_REGISTERS("dinov2_with_registers", "Dinov2WithRegisters", "dinov2_with_registers."),
  DINOV3("dinov3_vit", "DINOv3ViT", ""),
  CLIP("clip_vision_model", "CLIPVision", ""),
  SIGLIP("siglip_vision_model", "SiglipVision", "");

  private static final int MAX_RATIO = 64;

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
    if (network.classes() > 0 && kind == DINOV3) {
      throw new FormatException(
          "hf export: transformers has no classifier of DINOv3; export as onnx instead");
    }
    List<String> reasons = kind.differences(config);
    kind.addOutputDifferences(network, reasons);
    if (!reasons.isEmpty()) {
      String suggestion =
          network.classes() > 0 && kind == VIT
              ? "; AutoModelForImageClassification also loads a timm export, through timm"
              : "; export as timm or onnx instead";
      throw new FormatException(
          "hf export: %s of transformers differs from this network: %s%s"
              .formatted(kind.className(network), String.join(", ", reasons), suggestion));
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
    if (tokens.distillationToken()) {
      return DEIT;
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
    List<String> reasons = new ArrayList<>();
    differs(reasons, tokens.classToken() != classToken, "a class token");
    differs(reasons, tokens.distillationToken() != (this == DEIT), "a distillation token");
    differs(reasons, tokens.registers() > 0 && !registers, "register tokens");
    differs(reasons, tokens.norm() != (this == CLIP), "a norm before the blocks");
    differs(reasons, blocks.layerScale() > 0 != layerScale, "layer scale");
    differs(reasons, blocks.queryKeyNorm(), "query-key norm");
    differs(reasons, config.input().bias() != (this != CLIP), "the bias of the patch embedding");
    differs(reasons, !hasChoice(blocks.bias()), "which layers have a bias");
    boolean gates = this == DINOV3 || layerScale && blocks.activation() == Activation.SWIGLU;
    differs(reasons, blocks.activation().isGated() && !gates, "a gated MLP");
    if (this == DINOV2 || this == DINOV2_REGISTERS) {
      differs(reasons, dinoV2Ratio(config).isEmpty(), "the width of the MLP");
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

  /** The whole number that gives the width of the MLP; gated MLPs narrow to two thirds of it. */
  private static OptionalInt dinoV2Ratio(ViTConfig config) {
    boolean gated = config.blocks().activation().isGated();
    return IntStream.rangeClosed(1, MAX_RATIO)
        .filter(
            ratio -> {
              int width = config.width() * ratio;
              return config.mlpWidth() == (gated ? (width * 2 / 3 + 7) / 8 * 8 : width);
            })
        .findFirst();
  }

  private void addOutputDifferences(SavedNetwork network, List<String> reasons) {
    OutputConfig output = network.config().output();
    boolean after = output.norm() == FinalNorm.POOLED;
    boolean mean = output.pooling() == Pooling.MEAN_PATCHES;
    differs(reasons, after, "the norm after the " + (mean ? "mean of the patches" : "pooling"));
    if (network.classes() == 0) {
      differs(reasons, output.norm() == FinalNorm.NONE, "the final norm");
      differs(reasons, output.pooler() > 0 && this != VIT && this != DEIT, "a pooler");
      return;
    }
    differs(reasons, !after && !pools(output.pooling()), "the pooling before the head");
    boolean raw = output.norm() == FinalNorm.NONE;
    differs(reasons, !after && raw != (this == CLIP), "the final norm");
  }

  /** Whether a classifier of this class can see what this pooling gives. */
  private boolean pools(Pooling pooling) {
    return switch (this) {
      case VIT -> pooling == Pooling.CLASS_TOKEN;
      case DEIT -> pooling == Pooling.CLASS_TOKEN || pooling == Pooling.CLASS_AND_DISTILLATION;
      // Without a class token, all tokens are patches.
      case I_JEPA -> pooling == Pooling.MEAN_TOKENS || pooling == Pooling.MEAN_PATCHES;
      case DINOV2, DINOV2_REGISTERS ->
          pooling == Pooling.CLASS_AND_MEAN
              || pooling == Pooling.CLASS_TOKEN
              || pooling == Pooling.MEAN_PATCHES;
      case CLIP -> pooling == Pooling.MEAN_PATCHES;
      case DINOV3, SIGLIP -> false;
    };
  }

  private static void differs(List<String> reasons, boolean differs, String what) {
    if (differs) {
      reasons.add(what);
    }
  }

  /** How many tokens before the patches have positions. */
  int positioned() {
    return switch (this) {
      case VIT, DINOV2, DINOV2_REGISTERS, CLIP -> 1;
      case DEIT -> 2;
      case I_JEPA, DINOV3, SIGLIP -> 0;
    };
  }

  /** The name of the class, with a head or without. */
  String className(SavedNetwork network) {
    if (network.classes() == 0) {
      return word + "Model";
    }
    boolean two = network.config().output().pooling() == Pooling.CLASS_AND_DISTILLATION;
    return word.replace("Vision", "") + "ForImageClassification" + (two ? "WithTeacher" : "");
  }

  /** The names of its tensors. */
  NameTable names() {
    return names;
  }

  /** Prefix of the names of a network below a head. */
  String prefix(int classes) {
    return classes > 0 ? classifierPrefix : "";
  }

  /** Whether its classifiers see the class token, then the mean of the patches. */
  boolean seesClassAndMean() {
    return this == DINOV2 || this == DINOV2_REGISTERS;
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
  ObjectNode config(SavedNetwork network) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putArray("architectures").add(className(network));
    json.put("dtype", "float32");
    if (this == CLIP && network.classes() > 0) {
      json.put("model_type", "clip");
      addTower(json.putObject("vision_config"), network.config());
    } else {
      addTower(json, network.config());
    }
    return json;
  }

  private void addTower(ObjectNode json, ViTConfig config) {
    json.put("model_type", modelType);
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
      case VIT, DEIT, I_JEPA -> {
        json.put("intermediate_size", config.mlpWidth()).put("qkv_bias", bias.query());
        if (config.output().pooler() > 0) {
          json.put("pooler_output_size", config.output().pooler()).put("pooler_act", "tanh");
        }
      }
      case CLIP -> json.put("intermediate_size", config.mlpWidth());
      case SIGLIP -> json.put("intermediate_size", config.mlpWidth()).put("vision_use_head", true);
      case DINOV2, DINOV2_REGISTERS -> {
        json.put("mlp_ratio", dinoV2Ratio(config).orElseThrow());
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

package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.github.maskalign.autograd.nn.Nonlinearity;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.InputConfig;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.ConfigSize;
import io.github.maskalign.vit.weights.config.Fields;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** timm's Vision Transformers: an architecture by its name, and arguments that override it. */
class TimmVit implements Family {

  /** Also used by this library, MAE, DINO and the official MaskAlign code. */
  static final NameTable NAMES =
      NameTable.of(
          "timm, or the official code of MAE, MaskAlign, DINO, DINOv2 or DINOv3",
          "patch_embed.proj.weight",
          "",
          "mask_token|rope_embed.*|*.bias_mask|head_dist.*",
          "blocks.",
          Map.of(
              "reg_token", "reg_token | register_tokens | storage_tokens",
              "projection", "/visual.head.proj"),
          Map.of(
              "attn.q_bias", "attn.q_bias | attn.qkv.bias[0-1/3]",
              "attn.k_bias", "attn.k_bias | attn.qkv.bias[1-2/3]",
              "attn.v_bias", "attn.v_bias | attn.qkv.bias[2-3/3]",
              "attn.qkv.bias",
                  "?attn.qkv.bias_mask + attn.qkv.bias[0-1/3] + zeros(attn.qkv.bias/3)"
                      + " + attn.qkv.bias[2-3/3] | attn.qkv.bias",
              "mlp.fc1", "mlp.fc1 | mlp.w12 | mlp.w1 + mlp.w2",
              "mlp.fc2", "mlp.fc2 | mlp.w3"));

  private static final String ARCHITECTURE = "architecture";

  /** Arguments that change no numbers in evaluation. */
  private static final Set<String> HARMLESS =
      Set.of(
          "num_classes",
          "dynamic_img_size",
          "strict_img_size",
          "drop_rate",
          "pos_drop_rate",
          "patch_drop_rate",
          "proj_drop_rate",
          "attn_drop_rate",
          "drop_path_rate",
          "weight_init",
          "fix_init",
          "cache_dir",
          "pretrained",
          "features_only",
          "output_fmt");

  /** Arguments that are false in all architectures, and not supported where they are true. */
  private static final Set<String> OFF =
      Set.of(
          "dynamic_img_pad",
          "scale_attn_norm",
          "scale_mlp_norm",
          "scale_attn_inner",
          "scale_mlp",
          "attn_only_layer_scale",
          "use_abs_pos_emb",
          "use_post_norm");

  /** Arguments that are obeyed. */
  private static final Set<String> KNOWN =
      Set.of(
          "img_size",
          "patch_size",
          "in_chans",
          "embed_dim",
          "depth",
          "num_heads",
          "mlp_ratio",
          "act_layer",
          "init_values",
          "qkv_bias",
          "qk_norm",
          "proj_bias",
          "class_token",
          "reg_tokens",
          "no_embed_class",
          "pre_norm",
          "final_norm",
          "fc_norm",
          "use_fc_norm",
          "global_pool",
          "num_reg_tokens",
          "pool_include_prefix",
          "norm_layer",
          "attn_layer",
          "pos_embed",
          "rope_temperature");

  /** The largest multiple to which timm rounds the width of an MLP. */
  private static final int ROUNDING = 64;

  /** Epsilon of timm's norms, where no architecture has its own. */
  private static final double PLAIN_EPS = 1e-6;

  @Override
  public List<NameTable> tables() {
    return List.of(NAMES);
  }

  @Override
  public boolean reads(JsonNode config) {
    return config.path(ARCHITECTURE).isTextual();
  }

  @Override
  public String key(JsonNode config, ConfigSize size) {
    return "model_args."
        + switch (size) {
          case WIDTH -> "embed_dim";
          case DEPTH -> "depth";
          case MLP -> "mlp_ratio";
          case REGISTERS -> "reg_tokens";
          case CHANNELS -> "in_chans";
          case PATCH_SIZE -> "patch_size";
          case IMAGE_SIZE -> "img_size";
        };
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    Fields args = new Fields(config.path("model_args"));
    requireKnown(args.json());
    TimmArchitectures.Architecture named =
        TimmArchitectures.require(config.get(ARCHITECTURE).textValue());
    return new ViTConfig(
        input(named.config(), args, new TimmInput(config)),
        tokens(named.config().tokens(), args),
        blocks(named.config(), args, held),
        output(named, args, usualPool(named.config(), config, held)));
  }

  private static InputConfig input(ViTConfig named, Fields args, TimmInput pretrained) {
    boolean norm = args.flag("pre_norm", named.tokens().norm());
    return new InputConfig(
        args.imageSize("img_size", pretrained.imageSize(named.imageSize())),
        args.size("patch_size", named.patchSize()),
        args.size("in_chans", pretrained.channels(named.channels())),
        norm == named.tokens().norm() ? named.input().bias() : !norm);
  }

  private static TokenConfig tokens(TokenConfig tokens, Fields args) {
    TokenConfig plain =
        TokenConfig.of(args.flag("class_token", tokens.classToken()), tokens.positions())
            .withDistillationToken(tokens.distillationToken())
            .withRegisters(
                args.count("reg_tokens", args.count("num_reg_tokens", tokens.registers())))
            .withNorm(args.flag("pre_norm", tokens.norm()))
            .withResampling(
                args.flag("dynamic_img_size", false)
                    ? Resampling.BICUBIC_ANTIALIAS
                    : tokens.resampling())
            .withRotaryBase(args.real("rope_temperature", tokens.rotaryBase()));
    boolean none =
        tokens.positions() == PositionEmbedding.ROTARY
            || args.flag("no_embed_class", tokens.prefix() > 0 && tokens.positionedPrefix() == 0);
    return plain.withPositions(tokens.positions(), none ? 0 : plain.prefix());
  }

  private static void requireKnown(JsonNode args) {
    for (Map.Entry<String, JsonNode> entry : args.properties()) {
      String key = entry.getKey();
      JsonNode value = entry.getValue();
      boolean off = value.isNull() || OFF.contains(key) && value.equals(BooleanNode.FALSE);
      if (!KNOWN.contains(key) && !HARMLESS.contains(key) && !off) {
        throw Fields.unknown("model_args", key, value);
      }
    }
    Fields fields = new Fields(args);
    fields.requireOneOf("model_args", "norm_layer", "layernorm", "layernormfp32");
    fields.requireOneOf("model_args", "attn_layer", "attn", "");
    fields.requireOneOf("model_args", "pos_embed", "learn");
  }

  private static BlockConfig blocks(ViTConfig whole, Fields args, Held held) {
    BlockConfig named = whole.blocks();
    int width = args.size("embed_dim", named.width());
    BlockConfig.Bias old = named.bias();
    boolean qkv = args.flag("qkv_bias", old.query());
    BlockConfig.Bias bias = qkv == old.query() ? old : old.withQkv(qkv);
    boolean projection = args.flag("proj_bias", old.projection());
    BlockConfig.Bias all =
        new BlockConfig.Bias(
            bias.query(),
            bias.key(),
            bias.value(),
            projection,
            projection == old.projection() ? old.mlp() : projection);
    String act = args.text("act_layer", "");
    Activation activation =
        act.isEmpty() ? named.activation() : activation(act, named.activation().isGated());
    return named
        .withSize(width, args.size("depth", named.depth()), args.size("num_heads", named.heads()))
        .withMlp((double) mlpWidth(whole, args, width, held) / width, activation)
        .withNormEps(args.text("norm_layer", "").isEmpty() ? named.normEps() : PLAIN_EPS)
        .withLayerScale(args.real("init_values", named.layerScale()))
        .withBias(all)
        .withQueryKeyNorm(args.flag("qk_norm", named.queryKeyNorm()));
  }

  /** With the ratio of the architecture, the weights decide how it is rounded. */
  private static int mlpWidth(ViTConfig named, Fields args, int width, Held held) {
    boolean stated = args.json().hasNonNull("mlp_ratio");
    if (!stated) {
      int own = (int) ((long) width * named.mlpWidth() / named.width());
      return width != named.width() && Math.abs(held.mlpWidth() - own) < ROUNDING
          ? held.mlpWidth()
          : own;
    }
    int hidden = (int) (width * args.real("mlp_ratio", 4));
    if (!named.blocks().activation().isGated()) {
      return hidden;
    }
    if (named.tokens().positions() != PositionEmbedding.ROTARY) {
      // Of GluMlp, whose first layer has this many outputs.
      return hidden / 2;
    }
    // DINOv3's SwiGLU rounds it up to a multiple of 8, or of 64 in the largest network.
    int wide = (hidden + ROUNDING - 1) / ROUNDING * ROUNDING;
    return held.mlpWidth() == wide ? wide : (hidden + 7) / 8 * 8;
  }

  /**
   * timm takes no pooling from the top level of a configuration, where it writes that of the saved
   * network; it counts only where the weights are not those of the architecture's own.
   */
  private static String usualPool(ViTConfig named, JsonNode config, Held held) {
    boolean after = named.output().norm() == FinalNorm.POOLED;
    boolean map = named.output().pooling() == Pooling.ATTENTION;
    boolean own = after == held.has("fc_norm.weight") && map == held.has("attn_pool.latent");
    return own ? "" : new Fields(config).text("global_pool", "");
  }

  private static OutputConfig output(
      TimmArchitectures.Architecture architecture, Fields args, String usual) {
    OutputConfig named = architecture.config().output();
    JsonNode json = args.json();
    String word = args.text("global_pool", usual);
    boolean said =
        !word.isEmpty() || json.has("global_pool") && json.get("global_pool").isTextual();
    Pooling pooling = said ? architecture.pooling(word) : named.pooling();
    Boolean after = null;
    if (json.path("fc_norm").isBoolean() || json.path("use_fc_norm").isBoolean()) {
      after = args.flag("fc_norm", args.flag("use_fc_norm", false));
    }
    OutputConfig output =
        architecture.output(pooling, args.flag("final_norm", architecture.hasNorm()), after);
    return args.flag("pool_include_prefix", false)
        ? new OutputConfig(withPrefix(pooling), output.norm(), 0, null)
        : output;
  }

  /** A pooling that does not leave out the tokens before the patches. */
  private static Pooling withPrefix(Pooling pooling) {
    return switch (pooling) {
      case MEAN_PATCHES -> Pooling.MEAN_TOKENS;
      case CLASS_TOKEN, NONE -> pooling;
      default ->
          throw new FormatException(
              "'pool_include_prefix' is supported with global_pool avg, not with maxima and"
                  + " attention");
    };
  }

  /** The pooling of a word of timm. */
  static Pooling pooling(String word) {
    return switch (word) {
      case "", "none" -> Pooling.NONE;
      case "token" -> Pooling.CLASS_TOKEN;
      case "avg" -> Pooling.MEAN_PATCHES;
      case "max" -> Pooling.MAX_PATCHES;
      case "avgmax" -> Pooling.MEAN_MAX;
      case "map" -> Pooling.ATTENTION;
      default -> throw new FormatException("global_pool '" + word + "' is not supported");
    };
  }

  /** The activation of a word of timm. */
  static Activation activation(String word, boolean gated) {
    Nonlinearity function =
        switch (word) {
          case "gelu" -> Nonlinearity.GELU;
          case "gelu_tanh" -> Nonlinearity.TANH_GELU;
          case "quick_gelu", "quickgelu" -> Nonlinearity.QUICK_GELU;
          case "silu", "swish" -> Nonlinearity.SILU;
          case "relu" -> Nonlinearity.RELU;
          default -> throw new FormatException("act_layer '" + word + "' is not supported");
        };
    return Activation.of(function, gated);
  }

  @Override
  public double usualEps(TokenConfig tokens) {
    boolean other = tokens.norm() || tokens.positions() == PositionEmbedding.ROTARY;
    return other ? 1e-5 : PLAIN_EPS;
  }
}

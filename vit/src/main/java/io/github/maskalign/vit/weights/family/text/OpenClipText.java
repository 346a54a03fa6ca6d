package io.github.maskalign.vit.weights.family.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextPadding;
import io.github.maskalign.vit.text.TextPadding.Masking;
import io.github.maskalign.vit.text.TextPooling;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.config.OpenClipConfig;
import io.github.maskalign.vit.weights.names.BlockNames;
import io.github.maskalign.vit.weights.names.NameRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The text tower of OpenCLIP: of CLIP, of CustomTextCLIP and of CoCa. */
final class OpenClipText implements TextFamily {

  private static final String OWNER = "the text tower";

  /** Keys of text_cfg that are read. */
  private static final Set<String> READ =
      Set.of(
          "context_length",
          "vocab_size",
          "width",
          "heads",
          "layers",
          "mlp_ratio",
          "embed_cls",
          "pad_id",
          "eos_id",
          "no_causal_mask",
          "use_pad_mask",
          "correct_cls_mask",
          "pool_type",
          "qk_norm",
          "act_kwargs",
          "norm_kwargs");

  /**
   * Keys that do not change the result, or whose effect shows in the weights: layer scale, the
   * projection and its bias. A norm of each token is the same before pooling and after.
   */
  private static final Set<String> NEUTRAL =
      Set.of(
          "ls_init_value",
          "proj_bias",
          "proj_type",
          "final_ln_after_pool",
          "output_tokens",
          "hf_tokenizer_name",
          "tokenizer_kwargs",
          "tokenizer_mode",
          "text_mask");

  /** The custom block differs by the features that are on only. */
  private static final Set<String> BLOCK_TYPES = Set.of("default", "custom");

  @Override
  public String title() {
    return "OpenCLIP";
  }

  @Override
  public boolean openClip() {
    return true;
  }

  @Override
  public List<TextNames> names() {
    return List.of(names("text."), names(""));
  }

  private static TextNames names(String tower) {
    String table = tower + "token_embedding.weight";
    NameRules rules =
        NameRules.of(
            "visual.*|text_decoder.*|*attn_mask|logit_scale|logit_bias",
            tower + "transformer.resblocks.",
            Map.of(
                "token_embed", table,
                "cls_token", tower + "cls_emb",
                "positions", tower + "positional_embedding",
                "norm", tower + "ln_final",
                "projection.weight",
                    tower + "text_projection.weight | " + tower + "text_projection^T",
                "projection.bias", tower + "text_projection.bias"),
            BlockNames.OPEN_CLIP);
    return new TextNames(List.of(table), rules);
  }

  @Override
  public boolean configuredBy(JsonNode json) {
    return json.at("/model_cfg/vision_cfg").isObject();
  }

  @Override
  public TextConfig config(@Nullable JsonNode json, TextFacts facts) {
    if (json == null) {
      TextPooling pooling =
          facts.classToken() ? new TextPooling.ClassToken() : new TextPooling.HighestId();
      Masking masking = facts.classToken() ? Masking.SHIFTED : Masking.NONE;
      return new TextConfig(
          facts.vocabulary(),
          context(facts),
          facts.blocks(Activation.GELU, OpenClipConfig.EPS),
          true,
          pooling,
          new TextPadding(0, masking),
          facts.projection());
    }
    Fields model = new Fields(json.path("model_cfg"));
    Fields fields = new Fields(json.at("/model_cfg/text_cfg"));
    requireKnown(fields.json());
    requireSizes(model, fields, facts);
    boolean causal = !fields.flag("no_causal_mask", false);
    BlockConfig blocks =
        facts.blocks(
            fields.size("heads", 8),
            OpenClipConfig.activation(model, fields, OWNER),
            OpenClipConfig.eps(fields, OWNER));
    return new TextConfig(
        facts.vocabulary(),
        context(facts),
        blocks.withQueryKeyNorm(OpenClipConfig.queryKeyNorm(fields)),
        causal,
        pooling(fields, facts),
        new TextPadding(fields.count("pad_id", 0), masking(fields, facts, causal)),
        facts.projection());
  }

  private static int context(TextFacts facts) {
    return facts.positions() - (facts.classToken() ? 1 : 0);
  }

  private static void requireKnown(JsonNode json) {
    if (json.hasNonNull("hf_model_name")) {
      throw new FormatException(
          "'hf_model_name' is a text tower of another library, which is not supported; images"
              + " alone can be embedded");
    }
    json.properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              boolean off = value.isNull() || value.isBoolean() && !value.booleanValue();
              String key = entry.getKey();
              boolean hugging = key.startsWith("hf_");
              boolean plain = key.equals("block_type") && BLOCK_TYPES.contains(value.asText());
              if (!plain && !READ.contains(key) && !NEUTRAL.contains(key) && !off && !hugging) {
                throw Fields.unknown("text_cfg", key, value);
              }
            });
  }

  private static void requireSizes(Fields model, Fields fields, TextFacts facts) {
    TextFacts.require(fields, "vocab_size", 49408, facts.vocabulary());
    TextFacts.require(fields, "context_length", 77, context(facts));
    TextFacts.require(fields, "width", 512, facts.width());
    TextFacts.require(fields, "layers", 12, facts.depth());
    double ratio = fields.real("mlp_ratio", 4);
    if ((int) (facts.width() * ratio) != facts.mlpWidth()) {
      throw new FormatException(
          "'mlp_ratio' is %s%s, but the weights of the text tower have MLPs of length %d"
              .formatted(
                  ratio,
                  fields.json().hasNonNull("mlp_ratio") ? "" : " by default",
                  facts.mlpWidth()));
    }
    if (fields.flag("embed_cls", false) != facts.classToken()) {
      throw new FormatException(
          "'embed_cls' is %s, but the weights of the text tower have %s token of their own"
              .formatted(!facts.classToken(), facts.classToken() ? "a" : "no"));
    }
    if (facts.projection() != null) {
      TextFacts.require(model, "embed_dim", facts.length(), facts.length());
    }
  }

  private static TextPooling pooling(Fields fields, TextFacts facts) {
    if (facts.classToken()) {
      return new TextPooling.ClassToken();
    }
    String type = fields.text("pool_type", "argmax");
    return switch (type) {
      case "argmax" -> new TextPooling.HighestId();
      case "eos" -> facts.firstOf(fields.count("eos_id", 2));
      case "first" -> new TextPooling.First();
      case "last" -> new TextPooling.Last();
      default ->
          throw new FormatException(
              "'pool_type' of the text tower is '%s'; supported are argmax, eos, first and last"
                  .formatted(type));
    };
  }

  private static Masking masking(Fields fields, TextFacts facts, boolean causal) {
    if (facts.classToken()) {
      return fields.flag("correct_cls_mask", false) ? Masking.PADDING : Masking.SHIFTED;
    }
    return fields.flag("use_pad_mask", false) && !causal ? Masking.PADDING : Masking.NONE;
  }
}

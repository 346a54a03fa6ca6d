package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.names.BlockNames;
import java.util.List;
import java.util.Map;

/** The ViT of transformers and its relatives, which share names and keys. */
abstract class EncoderFamily extends HfFamily {

  private static final String IGNORED =
      "pooler.*|embeddings.mask_token|classifier.*|*_classifier.*|decoder.*";

  private static final Map<String, String> WHOLE =
      Map.of(
          "cls_token", "embeddings.cls_token",
          "dist_token", "embeddings.distillation_token",
          "pos_embed", "embeddings.position_embeddings",
          "patch_embed.proj", "embeddings.patch_embeddings.projection",
          "norm", "layernorm");

  private static final Map<String, String> BLOCK =
      Map.of(
          "norm1", "layernorm_before",
          "attn.qkv", BlockNames.HF_QKV,
          "attn.proj", "attention.output.dense",
          "norm2", "layernorm_after",
          "mlp.fc1", "intermediate.dense",
          "mlp.fc2", "output.dense");

  /** Since transformers 5. */
  private static final Map<String, String> NEW_BLOCK =
      Map.of(
          "norm1", "layernorm_before",
          "attn.qkv", "attention.q_proj + attention.k_proj + attention.v_proj",
          "attn.proj", "attention.o_proj",
          "norm2", "layernorm_after");

  private final String title;

  EncoderFamily(String title, String... types) {
    super(types);
    this.title = title;
  }

  @Override
  public List<NameTable> tables() {
    return List.of(
        NameTable.of(
            title,
            "encoder.layer.0.attention.attention.query.weight",
            "",
            IGNORED,
            "encoder.layer.",
            WHOLE,
            BLOCK),
        NameTable.of(
            title, "layers.0.attention.q_proj.weight", "", IGNORED, "layers.", WHOLE, NEW_BLOCK));
  }

  /** A network with learned positions of these tokens. */
  static ViTConfig encoder(Fields fields, TokenConfig tokens) {
    ViTConfig plain = sized(fields, 16, 768, 12).withTokens(tokens);
    ViTConfig config = withEps(fields, withMlp(fields, plain, "gelu", 3072), 1e-12);
    boolean bias = fields.flag("qkv_bias", true);
    return config.withBlocks(config.blocks().withBias(BlockConfig.Bias.ALL.withQkv(bias)));
  }

  /** With the pooler if the file has one. */
  static ViTConfig withPooler(Fields fields, ViTConfig config, Held held) {
    if (!held.has("pooler.dense.weight")) {
      return config;
    }
    String function = fields.text("pooler_act", "tanh");
    if (!function.equals("tanh")) {
      throw new FormatException("pooler_act '%s' is not supported".formatted(function));
    }
    int length = fields.size("pooler_output_size", config.width());
    return config.withOutput(config.output().withPooler(length));
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    TokenConfig tokens = TokenConfig.of(true, PositionEmbedding.LEARNED);
    return encoder(new Fields(config), tokens);
  }

  @Override
  public double usualEps(TokenConfig tokens) {
    return 1e-12;
  }
}

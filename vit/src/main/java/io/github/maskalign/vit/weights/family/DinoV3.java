package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** DINOv3 of transformers; each bias is there or not. */
final class DinoV3 extends HfFamily {

  private static final Map<String, String> WHOLE =
      Map.of(
          "cls_token", "embeddings.cls_token",
          "reg_token", "embeddings.register_tokens",
          "patch_embed.proj", "embeddings.patch_embeddings");

  private static final Map<String, String> BLOCK = block();

  DinoV3() {
    super("dinov3_vit");
  }

  private static Map<String, String> block() {
    Map<String, String> rules = new HashMap<>();
    rules.put("attn.qkv", "attention.q_proj + attention.k_proj + attention.v_proj");
    rules.put(
        "attn.qkv.bias",
        "attention.q_proj.bias + attention.k_proj.bias + attention.v_proj.bias"
            + " | attention.q_proj.bias + zeros(attention.k_proj.weight/1)"
            + " + attention.v_proj.bias");
    rules.put("attn.q_bias", "attention.q_proj.bias");
    rules.put("attn.k_bias", "attention.k_proj.bias");
    rules.put("attn.v_bias", "attention.v_proj.bias");
    rules.put("attn.proj", "attention.o_proj");
    rules.put("ls1.gamma", "layer_scale1.lambda1");
    rules.put("ls2.gamma", "layer_scale2.lambda1");
    rules.put("mlp.fc1", "mlp.gate_proj + mlp.up_proj | mlp.up_proj");
    rules.put("mlp.fc2", "mlp.down_proj");
    return Map.copyOf(rules);
  }

  @Override
  public List<NameTable> tables() {
    return List.of(table("layer."), table("model.layer."));
  }

  private static NameTable table(String blocks) {
    return NameTable.of(
        "Hugging Face's DINOv3",
        blocks + "0.attention.q_proj.weight",
        "",
        "embeddings.mask_token|rope_embeddings.*",
        blocks,
        WHOLE,
        BLOCK);
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    Fields fields = new Fields(config);
    ViTConfig sized = sized(fields, 16, 384, 6).asDinoV3(fields.count("num_register_tokens", 0));
    ViTConfig plain =
        withEps(fields, sized, 1e-5)
            .withTokens(sized.tokens().withRotaryBase(fields.real("rope_theta", 100)));
    BlockConfig.Bias bias =
        new BlockConfig.Bias(
            fields.flag("query_bias", true),
            fields.flag("key_bias", false),
            fields.flag("value_bias", true),
            fields.flag("proj_bias", true),
            fields.flag("mlp_bias", true));
    ViTConfig biased = plain.withBlocks(plain.blocks().withBias(bias));
    double ratio = (double) fields.size("intermediate_size", 1536) / plain.width();
    boolean gated = fields.flag("use_gated_mlp", false);
    return biased.withMlp(ratio, activation(fields, "gelu", gated));
  }

  @Override
  public double usualEps(TokenConfig tokens) {
    return 1e-5;
  }

  @Override
  PublishedPreprocessing published() {
    return PublishedPreprocessing.DINOV3;
  }
}

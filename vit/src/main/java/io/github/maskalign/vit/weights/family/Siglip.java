package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.names.BlockNames;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SigLIP, and SigLIP 2 of a fixed size, of transformers. */
class Siglip extends HfFamily {

  static final String IGNORED = "text_model.*|logit_scale|logit_bias|*position_ids|classifier.*";

  private static final Map<String, String> WHOLE =
      Map.of(
          "pos_embed", "embeddings.position_embedding.weight",
          "patch_embed.proj", "embeddings.patch_embedding",
          "norm", "post_layernorm",
          "attn_pool.latent", "head.probe",
          "attn_pool.q", "head.attention.in_proj_%[0-1/3]",
          "attn_pool.kv", "head.attention.in_proj_%[1-3/3]",
          "attn_pool.proj", "head.attention.out_proj",
          "attn_pool.norm", "head.layernorm",
          "attn_pool.mlp.fc1", "head.mlp.fc1",
          "attn_pool.mlp.fc2", "head.mlp.fc2");

  Siglip() {
    super("siglip", "siglip_vision_model");
  }

  Siglip(String... types) {
    super(types);
  }

  @Override
  public List<NameTable> tables() {
    return List.of(
        table("Hugging Face's SigLIP", "vision_model.", Map.of()),
        table("Hugging Face's SigLIP", "", Map.of()));
  }

  static NameTable table(String title, String prefix, Map<String, String> different) {
    Map<String, String> whole = new HashMap<>(WHOLE);
    whole.putAll(different);
    return NameTable.of(
        title,
        "embeddings.patch_embedding.weight",
        prefix,
        IGNORED,
        "encoder.layers.",
        whole,
        BlockNames.HF_CLIP);
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    return config(tower(config));
  }

  static ViTConfig config(Fields fields) {
    ViTConfig siglip = sized(fields, 16, 768, 12).asSiglip();
    ViTConfig whole = withEps(fields, withMlp(fields, siglip, "gelu_pytorch_tanh", 3072), 1e-6);
    return fields.flag("vision_use_head", true)
        ? whole
        : whole.withOutput(OutputConfig.of(Pooling.MEAN_TOKENS).withNorm(FinalNorm.TOKENS));
  }

  @Override
  public Activation usualActivation() {
    return Activation.TANH_GELU;
  }

  @Override
  PublishedPreprocessing published() {
    return PublishedPreprocessing.SIGLIP;
  }
}

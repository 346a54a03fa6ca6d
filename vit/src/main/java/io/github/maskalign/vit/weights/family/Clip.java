package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.names.BlockNames;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;
import java.util.List;
import java.util.Map;

/** CLIP of transformers. */
class Clip extends HfFamily {

  private static final Map<String, String> WHOLE =
      Map.of(
          "cls_token", "embeddings.class_embedding",
          "pos_embed", "embeddings.position_embedding.weight",
          "patch_embed.proj", "embeddings.patch_embedding",
          "norm_pre", "pre_layrnorm",
          "norm", "post_layernorm",
          "projection", "/visual_projection");

  Clip() {
    this("clip", "clip_vision_model");
  }

  /** CLIP under other values of {@code model_type}. */
  Clip(String... types) {
    super(types);
  }

  @Override
  public List<NameTable> tables() {
    return List.of(table("vision_model."), table(""));
  }

  private static NameTable table(String prefix) {
    return NameTable.of(
        "Hugging Face's CLIP",
        "embeddings.class_embedding",
        prefix,
        "text_model.*|visual_projection.*|text_projection.*|logit_scale|*position_ids|classifier.*",
        "encoder.layers.",
        WHOLE,
        BlockNames.HF_CLIP);
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    Fields fields = tower(config);
    ViTConfig clip = sized(fields, 32, 768, 12).asClip();
    return withEps(fields, withMlp(fields, clip, "quick_gelu", 3072), 1e-5);
  }

  @Override
  public double usualEps(TokenConfig tokens) {
    return 1e-5;
  }

  @Override
  public Activation usualActivation() {
    return Activation.QUICK_GELU;
  }

  @Override
  PublishedPreprocessing published() {
    return PublishedPreprocessing.CLIP;
  }
}

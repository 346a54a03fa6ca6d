package io.github.maskalign.vit.weights.names;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The names of CLIP's text tower in known files, without a prefix of the whole network.
 *
 * @since 0.1.0
 */
public enum TextNames implements NameMap {
  /** Hugging Face's CLIP. */
  HF_CLIP(
      "text_model.embeddings.token_embedding.weight",
      "vision_model.*|visual_projection.*|*.position_ids",
      "text_model.encoder.layers.",
      Map.of(
          "token_embed", "text_model.embeddings.token_embedding.weight",
          "positions", "text_model.embeddings.position_embedding.weight",
          "norm", "text_model.final_layer_norm",
          "projection", "text_projection"),
      BlockNames.HF_CLIP),

  /** OpenCLIP. */
  OPEN_CLIP(
      "token_embedding.weight",
      "visual.*|attn_mask",
      "transformer.resblocks.",
      Map.of(
          "token_embed", "token_embedding.weight",
          "positions", "positional_embedding",
          "norm", "ln_final",
          "projection.weight", "text_projection^T"),
      BlockNames.OPEN_CLIP),

  /** OpenCLIP's CustomTextCLIP, whose text tower is a module. */
  OPEN_CLIP_CUSTOM(
      "text.token_embedding.weight",
      "visual.*|text.attn_mask",
      "text.transformer.resblocks.",
      Map.of(
          "token_embed", "text.token_embedding.weight",
          "positions", "text.positional_embedding",
          "norm", "text.ln_final",
          "projection.weight", "text.text_projection^T"),
      BlockNames.OPEN_CLIP);

  private final String landmark;
  private final NameMap rules;

  TextNames(
      String landmark,
      String ignored,
      String blocks,
      Map<String, String> whole,
      Map<String, String> inBlock) {
    this.landmark = landmark;
    this.rules = NameRules.of(ignored, blocks, whole, inBlock);
  }

  /** The map for a file with these names; empty if it has no text tower of CLIP. */
  public static Optional<TextNames> find(Set<String> names) {
    return Stream.of(values()).filter(map -> names.contains(map.landmark)).findFirst();
  }

  @Override
  public List<TensorPart> sources(String parameter, Set<String> names) {
    return rules.sources(parameter, names);
  }

  @Override
  public boolean ignores(String name) {
    return rules.ignores(name);
  }
}

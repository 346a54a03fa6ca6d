package io.github.maskalign.vit.weights.family.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.names.BlockNames;
import io.github.maskalign.vit.weights.names.NameRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the text towers of Hugging Face's CLIP and SigLIP have in common. */
final class HfText {

  private static final String TABLE = "embeddings.token_embedding.weight";
  private static final String IGNORED =
      "vision_model.*|visual_projection.*|*position_ids|logit_scale|logit_bias";

  private HfText() {}

  /**
   * Names.
   *
   * @param tower prefix of the tower, which transformers 5 does not write for a tower alone
   * @param projection name of the last layer
   * @param required tensors by which the family is recognized, besides the token embeddings
   */
  static TextNames names(String tower, String projection, List<String> required) {
    NameRules rules =
        NameRules.of(
            IGNORED,
            tower + "encoder.layers.",
            Map.of(
                "token_embed", tower + TABLE,
                "positions", tower + "embeddings.position_embedding.weight",
                "norm", tower + "final_layer_norm",
                "projection", projection),
            BlockNames.HF_CLIP);
    List<String> landmarks = new ArrayList<>(List.of(tower + TABLE));
    landmarks.addAll(required);
    return new TextNames(landmarks, rules);
  }

  /** The part of a configuration about texts: of a pair, or of a text tower alone. */
  static JsonNode tower(JsonNode json) {
    boolean alone = json.path("model_type").asText().endsWith("_text_model");
    return alone ? json : json.path("text_config");
  }

  /** Requires the sizes that both families configure alike. */
  static void requireSizes(Fields fields, int width, int hidden, int context, TextFacts facts) {
    TextFacts.require(fields, "hidden_size", width, facts.width());
    TextFacts.require(fields, "intermediate_size", hidden, facts.mlpWidth());
    TextFacts.require(fields, "num_hidden_layers", 12, facts.depth());
    TextFacts.require(fields, "max_position_embeddings", context, facts.positions());
  }
}

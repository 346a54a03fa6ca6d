package io.github.maskalign.vit.weights.family.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.text.TextPooling;
import java.util.Set;

/**
 * The text tower of Hugging Face's MetaCLIP 2: CLIP's with the tokenizer of XLM-R, whose end token
 * is 2, so that this number means itself.
 */
final class MetaClip2Text extends ClipText {

  private static final Set<String> TYPES = Set.of("metaclip_2", "metaclip_2_text_model");

  @Override
  public String title() {
    return "Hugging Face's MetaCLIP 2";
  }

  @Override
  public boolean configuredBy(JsonNode json) {
    return TYPES.contains(json.path("model_type").asText());
  }

  @Override
  TextPooling pooling(int end, TextFacts facts) {
    return facts.firstOf(end);
  }
}

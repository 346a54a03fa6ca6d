package io.github.maskalign.vit.weights.family.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextPadding;
import io.github.maskalign.vit.text.TextPooling;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.config.HfConfig;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The text tower of Hugging Face's SigLIP and SigLIP 2. */
final class SiglipText implements TextFamily {

  private static final double EPS = 1e-6;
  private static final int VOCABULARY = 32000;
  private static final Set<String> TYPES =
      Set.of("siglip", "siglip_text_model", "siglip2", "siglip2_text_model");

  @Override
  public String title() {
    return "Hugging Face's SigLIP";
  }

  @Override
  public List<TextNames> names() {
    return List.of(
        HfText.names("text_model.", "text_model.head", List.of("text_model.head.weight")),
        HfText.names("", "head", List.of("head.weight")));
  }

  @Override
  public boolean configuredBy(JsonNode json) {
    return TYPES.contains(json.path("model_type").asText());
  }

  @Override
  public TextConfig config(@Nullable JsonNode json, TextFacts facts) {
    if (json == null) {
      return config(facts.blocks(Activation.TANH_GELU, EPS), 1, facts);
    }
    Fields fields = new Fields(HfText.tower(json));
    TextFacts.require(fields, "vocab_size", VOCABULARY, facts.vocabulary());
    HfText.requireSizes(fields, 768, 3072, 64, facts);
    TextFacts.require(fields, "projection_size", facts.width(), facts.length());
    return config(
        facts.blocks(
            fields.size("num_attention_heads", 12),
            HfConfig.activation(fields, "gelu_pytorch_tanh"),
            fields.real("layer_norm_eps", EPS)),
        fields.count("pad_token_id", 1),
        facts);
  }

  private static TextConfig config(BlockConfig blocks, int padding, TextFacts facts) {
    return new TextConfig(
        facts.vocabulary(),
        facts.positions(),
        blocks,
        false,
        new TextPooling.Last(),
        TextPadding.unmasked(padding),
        facts.projection());
  }
}

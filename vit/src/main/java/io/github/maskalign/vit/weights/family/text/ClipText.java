package io.github.maskalign.vit.weights.family.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextPadding;
import io.github.maskalign.vit.text.TextPooling;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.config.HfConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The text tower of Hugging Face's CLIP. */
class ClipText implements TextFamily {

  private static final double EPS = 1e-5;
  private static final int VOCABULARY = 49408;
  private static final int END = 49407;
  private static final int PROJECTION = 512;

  /** The end token in old configurations, whose texts in fact end with their highest token id. */
  private static final int UNSAID_END = 2;

  @Override
  public String title() {
    return "Hugging Face's CLIP";
  }

  @Override
  public List<TextNames> names() {
    return List.of(
        HfText.names("text_model.", "text_projection", List.of()),
        HfText.names("", "text_projection", List.of()));
  }

  @Override
  public boolean configuredBy(JsonNode json) {
    String type = json.path("model_type").asText();
    return type.equals("clip") || type.equals("clip_text_model");
  }

  @Override
  public TextConfig config(@Nullable JsonNode json, TextFacts facts) {
    if (json == null) {
      return config(facts.blocks(Activation.QUICK_GELU, EPS), UNSAID_END, 0, facts);
    }
    // Where both are there, transformers 4 and 5 let the older key win, with its defaults.
    JsonNode old = json.path("text_config_dict");
    Fields fields = new Fields(old.isObject() ? old : HfText.tower(json));
    TextFacts.require(fields, "vocab_size", VOCABULARY, facts.vocabulary());
    HfText.requireSizes(fields, 512, 2048, 77, facts);
    requireProjection(new Fields(json), fields, facts);
    return config(
        facts.blocks(
            fields.size("num_attention_heads", 8),
            HfConfig.activation(fields, "quick_gelu"),
            fields.real("layer_norm_eps", EPS)),
        fields.count("eos_token_id", END),
        fields.count("pad_token_id", 1),
        facts);
  }

  /** How the end token of a configuration pools. */
  TextPooling pooling(int end, TextFacts facts) {
    return end == UNSAID_END ? new TextPooling.HighestId() : facts.firstOf(end);
  }

  private TextConfig config(BlockConfig blocks, int end, int padding, TextFacts facts) {
    return new TextConfig(
        facts.vocabulary(),
        facts.positions(),
        blocks,
        true,
        pooling(end, facts),
        TextPadding.unmasked(padding < facts.vocabulary() ? padding : 0),
        facts.projection());
  }

  /** A pair is configured at the top, a tower with its projection in its own part. */
  private static void requireProjection(Fields pair, Fields tower, TextFacts facts) {
    if (facts.projection() == null) {
      return;
    }
    int length = facts.projection().length();
    int own = tower.size("projection_dim", PROJECTION);
    int said = pair.size("projection_dim", PROJECTION);
    if (length != said && length != own) {
      throw new FormatException(
          "'projection_dim' is %d, but the weights of the text tower have %d"
              .formatted(said, length));
    }
  }
}

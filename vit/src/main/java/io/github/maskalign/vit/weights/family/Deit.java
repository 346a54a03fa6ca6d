package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;

/** DeiT of transformers: a class token and a distillation token, both with positions. */
final class Deit extends EncoderFamily {

  Deit() {
    super("Hugging Face's DeiT", "deit");
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    Fields fields = new Fields(config);
    TokenConfig tokens =
        TokenConfig.of(true, PositionEmbedding.LEARNED)
            .withDistillationToken(true)
            .withPositions(PositionEmbedding.LEARNED, 2);
    return withPooler(fields, encoder(fields, tokens), held);
  }

  @Override
  PublishedPreprocessing published() {
    return PublishedPreprocessing.DEIT;
  }
}

package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;

/** I-JEPA of transformers: no class token, pooled by the mean of all tokens. */
final class IJepa extends EncoderFamily {

  IJepa() {
    super("Hugging Face's I-JEPA", "ijepa");
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    TokenConfig tokens = TokenConfig.of(false, PositionEmbedding.LEARNED);
    return encoder(new Fields(config), tokens)
        .withOutput(OutputConfig.of(Pooling.MEAN_TOKENS).withNorm(FinalNorm.TOKENS));
  }

  @Override
  PublishedPreprocessing published() {
    return PublishedPreprocessing.IJEPA;
  }
}

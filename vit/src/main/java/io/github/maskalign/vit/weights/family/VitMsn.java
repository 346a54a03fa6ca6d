package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;

/** MSN of transformers: a ViT without pooler and with another epsilon. */
final class VitMsn extends EncoderFamily {

  private static final double EPS = 1e-6;

  VitMsn() {
    super("Hugging Face's ViT-MSN", "vit_msn");
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    return withEps(new Fields(config), super.config(config, held), EPS);
  }

  @Override
  public double usualEps(TokenConfig tokens) {
    return EPS;
  }

  @Override
  PublishedPreprocessing published() {
    return PublishedPreprocessing.VIT_IMAGENET;
  }
}

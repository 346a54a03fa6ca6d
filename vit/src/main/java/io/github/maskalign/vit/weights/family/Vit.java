package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;

/** ViT of transformers, also DINO's: its pooler may be absent. */
final class Vit extends EncoderFamily {

  Vit() {
    super("Hugging Face's ViT (and DINO)", "vit");
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    return withPooler(new Fields(config), super.config(config, held), held);
  }

  @Override
  PublishedPreprocessing published() {
    return PublishedPreprocessing.VIT;
  }
}

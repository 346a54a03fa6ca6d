package io.github.maskalign.vit.weights.family;

import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;

/** MAE of transformers: the encoder; the decoder of a pre-training file is not needed. */
final class Mae extends EncoderFamily {

  Mae() {
    super("Hugging Face's MAE", "vit_mae");
  }

  @Override
  PublishedPreprocessing published() {
    return PublishedPreprocessing.VIT_IMAGENET;
  }
}

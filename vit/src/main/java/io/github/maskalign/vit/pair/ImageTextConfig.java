package io.github.maskalign.vit.pair;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.text.TextConfig;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of an image tower and a text tower that embed in one space.
 *
 * @param images the image tower
 * @param projection of its pooled output; null if that is the embedding, as in SigLIP
 * @param texts the text tower
 * @param logitBias whether logits have a bias, as in SigLIP
 * @since 0.1.0
 */
public record ImageTextConfig(
    ViTConfig images,
    TextConfig.@Nullable Projection projection,
    TextConfig texts,
    boolean logitBias) {

  /**
   * Checks that the towers embed in one space.
   *
   * @throws ShapeException if they do not
   */
  public ImageTextConfig {
    int length = projection == null ? images.pooledWidth() : projection.length();
    if (length != texts.length()) {
      throw new ShapeException(
          ("image-text model: image embeddings have %d values, text embeddings %d; use a checkpoint"
                  + " whose towers match")
              .formatted(length, texts.length()));
    }
  }

  /** Length of an embedding, P. */
  public int length() {
    return texts.length();
  }
}

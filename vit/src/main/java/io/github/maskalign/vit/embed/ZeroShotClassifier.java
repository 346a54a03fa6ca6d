package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.weights.classifier.Probability;
import java.util.List;

/**
 * Zero-shot classification: the texts embedded by {@link Clip}, to compare with any number of
 * images. Thread-safe, and usable after the {@link Clip} is closed.
 *
 * @since 0.1.0
 */
public final class ZeroShotClassifier {

  private final List<String> texts;
  private final List<float[]> embeddings;
  private final double scale;

  ZeroShotClassifier(List<String> texts, List<float[]> embeddings, double scale) {
    this.texts = List.copyOf(texts);
    this.embeddings = List.copyOf(embeddings);
    this.scale = scale;
  }

  /** The texts, in the order of all results. */
  public List<String> texts() {
    return texts;
  }

  /**
   * image [P] -> [L]: the cosine similarity of the image and each text, from -1 to 1.
   *
   * @param picture embedding by {@link Clip#images}, at unit length
   * @throws ShapeException if its length is not that of the texts' embeddings
   */
  public float[] cosines(float[] picture) {
    float[] cosines = new float[texts.size()];
    for (int i = 0; i < cosines.length; i++) {
      float[] text = embeddings.get(i);
      if (text.length != picture.length) {
        throw new ShapeException(
            ("zero-shot classifier: the image embedding has %d values, the text embeddings %d;"
                        + " embed the image with the")
                    .formatted(picture.length, text.length)
                + " images() of the same Clip");
      }
      cosines[i] = (float) CosineSimilarity.dot(text, picture);
    }
    return cosines;
  }

  /** image [P] -> [L]: the cosines times CLIP's learned scale. */
  public float[] logits(float[] picture) {
    float[] logits = cosines(picture);
    for (int i = 0; i < logits.length; i++) {
      logits[i] *= (float) scale;
    }
    return logits;
  }

  /** image [P] -> [L]: the softmax of the logits, the probability of each text for the image. */
  public float[] probabilities(float[] picture) {
    return Probability.SOFTMAX.of(logits(picture));
  }
}

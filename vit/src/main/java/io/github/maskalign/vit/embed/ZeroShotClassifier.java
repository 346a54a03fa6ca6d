package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.pair.PairLogits;
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
  private final double bias;
  private final boolean independent;

  ZeroShotClassifier(List<String> texts, List<float[]> embeddings, PairLogits logits) {
    this.texts = List.copyOf(texts);
    this.embeddings = List.copyOf(embeddings);
    this.scale = logits.scale();
    this.bias = logits.bias();
    this.independent = logits.hasBias();
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

  /** image [P] -> [L]: the cosines times the learned scale, plus SigLIP's learned bias. */
  public float[] logits(float[] picture) {
    float[] logits = cosines(picture);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (logits[i] * scale + bias);
    }
    return logits;
  }

  /**
   * image [P] -> [L]: the probability of each text for the image. With CLIP the softmax of the
   * logits, which sums to 1. With SigLIP the sigmoid of each logit: texts are judged independently,
   * and all of them can be unlikely.
   */
  public float[] probabilities(float[] picture) {
    return (independent ? Probability.SIGMOID : Probability.SOFTMAX).of(logits(picture));
  }
}

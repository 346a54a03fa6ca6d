package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;

/**
 * Texts that {@link Clip} has embedded once, to compare any number of pictures with. Plain numbers:
 * safe for any number of threads, and of use after the {@link Clip} is closed.
 *
 * @since 0.1.0
 */
public final class Labels {

  private final List<String> texts;
  private final List<float[]> embeddings;
  private final double scale;

  Labels(List<String> texts, List<float[]> embeddings, double scale) {
    this.texts = List.copyOf(texts);
    this.embeddings = List.copyOf(embeddings);
    this.scale = scale;
  }

  /** The texts, in the order of all results. */
  public List<String> texts() {
    return texts;
  }

  /**
   * picture [P] -> [L]: the cosine between the picture and each text, from -1 to 1.
   *
   * @param picture of {@link Clip#images}, at unit length
   * @throws ShapeException if it is of another length than the texts' embeddings
   */
  public float[] cosines(float[] picture) {
    float[] cosines = new float[texts.size()];
    for (int i = 0; i < cosines.length; i++) {
      float[] text = embeddings.get(i);
      if (text.length != picture.length) {
        throw new ShapeException(
            "labels: a picture's embedding of %d numbers, the texts' have %d; it must come from the"
                    .formatted(picture.length, text.length)
                + " same CLIP's images()");
      }
      double sum = 0;
      for (int j = 0; j < text.length; j++) {
        sum += (double) text[j] * picture[j];
      }
      cosines[i] = (float) sum;
    }
    return cosines;
  }

  /** picture [P] -> [L]: the cosines times CLIP's learned scale. */
  public float[] logits(float[] picture) {
    float[] logits = cosines(picture);
    for (int i = 0; i < logits.length; i++) {
      logits[i] *= (float) scale;
    }
    return logits;
  }

  /** picture [P] -> [L]: how likely each text is the picture's, given that one is; sum 1. */
  public float[] probabilities(float[] picture) {
    float[] values = logits(picture);
    double highest = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      highest = Math.max(highest, value);
    }
    double total = 0;
    for (float value : values) {
      total += Math.exp(value - highest);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (Math.exp(values[i] - highest) / total);
    }
    return values;
  }
}

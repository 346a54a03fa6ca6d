package io.github.maskalign.vit.weights.classifier;

/**
 * How the logits of an image become the probabilities of its classes.
 *
 * @since 0.1.0
 */
public enum Probability {
  /** Of exactly one class: they add up to 1. */
  SOFTMAX {
    @Override
    public float[] of(float[] logits) {
      double highest = Double.NEGATIVE_INFINITY;
      for (float logit : logits) {
        highest = Math.max(highest, logit);
      }
      double total = 0;
      for (float logit : logits) {
        total += Math.exp(logit - highest);
      }
      float[] probabilities = new float[logits.length];
      for (int i = 0; i < logits.length; i++) {
        probabilities[i] = (float) (Math.exp(logits[i] - highest) / total);
      }
      return probabilities;
    }
  },

  /** Of each class by itself, where an image may have several or none. */
  SIGMOID {
    @Override
    public float[] of(float[] logits) {
      float[] probabilities = new float[logits.length];
      for (int i = 0; i < logits.length; i++) {
        probabilities[i] = (float) (1 / (1 + Math.exp(-logits[i])));
      }
      return probabilities;
    }
  };

  /** logits [classes] -> probabilities [classes]. */
  public abstract float[] of(float[] logits);
}

package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.vit.labels.ClassNames;
import io.github.maskalign.vit.weights.classifier.Probability;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A class that a {@link Classifier} predicts for an image.
 *
 * @param number of the class
 * @param label the name of the class
 * @param probability from 0 to 1
 * @since 0.1.0
 */
public record Prediction(int number, String label, float probability) {

  /**
   * The most probable classes, highest first; of equal ones, the class with the lower number first.
   *
   * @param logits of an image [classes]
   * @param top how many; all if there are fewer classes
   * @throws StateException if a logit is not finite
   */
  public static List<Prediction> best(
      float[] logits, ClassNames classes, Probability probability, int top) {
    if (top < 1) {
      throw new ArgumentException("classifier: top must be 1 or more, got " + top);
    }
    for (int i = 0; i < logits.length; i++) {
      if (!Float.isFinite(logits[i])) {
        throw new StateException(
            "classifier: the logit of class %d is %s; has the training of the network diverged?"
                .formatted(i, logits[i]));
      }
    }
    float[] probabilities = probability.of(logits);
    // By logits, since probabilities may round to the same value.
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]).thenComparing(i -> i))
        .limit(top)
        .map(i -> new Prediction(i, classes.name(i), probabilities[i]))
        .toList();
  }
}

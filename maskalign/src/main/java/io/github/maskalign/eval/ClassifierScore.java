package io.github.maskalign.eval;

import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Iterator;
import java.util.Locale;

/**
 * Scores of a classifier on labeled pictures, each a mean over pictures.
 *
 * @param loss cross-entropy
 * @param top1 top-1 accuracy in percent
 * @param top5 top-5 accuracy in percent
 * @since 0.1.0
 */
public record ClassifierScore(double loss, double top1, double top5) {

  private static final int SEVERAL = 5;

  /** A network in evaluation mode. */
  @FunctionalInterface
  public interface Network {

    /** images [B, C, H, W] -> logits [B, classes]. */
    Tensor logits(Ops ops, Tensor images);
  }

  /**
   * Scores a network.
   *
   * @param scope provides temporary memory
   * @param batches every picture once, with labels
   * @throws ArgumentException if there is no picture, or one without label
   */
  public static ClassifierScore of(Scope scope, Network network, Iterator<Batch> batches) {
    double loss = 0;
    double first = 0;
    double several = 0;
    int pictures = 0;
    while (batches.hasNext()) {
      Batch batch = batches.next();
      int[] labels = batch.labels();
      if (labels == null) {
        throw new ArgumentException("evaluating a classifier requires labeled images");
      }
      try (Scope inner = scope.child("evaluation")) {
        Ops ops = inner.ops();
        Tensor logits = network.logits(ops, batch.images(ops));
        int classes = logits.dim(1);
        Tensor targets = ops.of(Classification.targets(labels, classes, 0), labels.length, classes);
        loss += ops.crossEntropy(logits, targets).item() * labels.length;
        float[] values = logits.toFloats();
        first += Classification.accuracy(values, labels, classes, 1) * labels.length;
        several += Classification.accuracy(values, labels, classes, SEVERAL) * labels.length;
      }
      pictures += labels.length;
    }
    if (pictures == 0) {
      throw new ArgumentException("evaluating a classifier requires at least one image");
    }
    if (!Double.isFinite(loss)) {
      throw new ArgumentException(
          "evaluating the classifier: the loss is " + loss + "; has its training diverged?");
    }
    return new ClassifierScore(loss / pictures, first / pictures, several / pictures);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "loss %.4f  top-1 %.2f %%  top-5 %.2f %%", loss, top1, top5);
  }
}

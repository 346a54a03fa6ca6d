package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;

/**
 * Losses of pairs: logits [B, B] -> scalar. The logit of row i and column j is the scaled cosine of
 * image i and text j; the pairs are on the diagonal, all other combinations are negatives.
 *
 * @since 0.1.0
 */
public final class ContrastiveLoss {

  private ContrastiveLoss() {}

  /**
   * CLIP's loss (Radford et al., arXiv 2103.00020): the mean of the cross-entropies of each image
   * among the texts and of each text among the images.
   *
   * @throws ShapeException if the logits are not square
   */
  public static Tensor softmax(Ops ops, Tensor logits) {
    int pairs = pairs(logits);
    Tensor targets = identity(ops, logits, pairs);
    Tensor images = ops.crossEntropy(logits, targets);
    Tensor texts = ops.crossEntropy(ops.transpose(logits), targets);
    return ops.affine(ops.add(images, texts), 0.5, 0);
  }

  /**
   * SigLIP's loss (Zhai et al., arXiv 2303.15343): the sum over all combinations of {@code -log
   * sigmoid(+-logit)}, plus for pairs and minus for negatives, divided by B.
   *
   * @throws ShapeException if the logits are not square
   */
  public static Tensor sigmoid(Ops ops, Tensor logits) {
    int pairs = pairs(logits);
    // A sigmoid is the softmax of two classes, one of them with logit 0: finite for any logit.
    Tensor flat = ops.reshape(logits, pairs * pairs, 1);
    Tensor both = ops.concat(List.of(flat, ops.zeros(logits.dtype(), flat.shape())), 1);
    Tensor positive = ops.reshape(identity(ops, logits, pairs), pairs * pairs, 1);
    Tensor targets = ops.concat(List.of(positive, ops.affine(positive, -1, 1)), 1);
    return ops.affine(ops.crossEntropy(both, targets), pairs, 0);
  }

  private static int pairs(Tensor logits) {
    int pairs = logits.shape().rank() == 2 ? logits.dim(0) : 0;
    if (pairs < 1 || logits.dim(1) != pairs) {
      throw new ShapeException(
          "contrastive loss: logits of pairs are [B, B], of as many images as texts, got "
              + logits.shape());
    }
    return pairs;
  }

  private static Tensor identity(Ops ops, Tensor logits, int size) {
    double[] values = new double[Math.multiplyExact(size, size)];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    return ops.cast(ops.of(values, size, size), logits.dtype());
  }
}

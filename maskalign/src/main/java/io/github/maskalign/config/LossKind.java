package io.github.maskalign.config;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.UnaryOp;
import java.util.List;

/**
 * The published losses, each a mean over samples, tokens and channels; e is a prediction's error.
 *
 * @since 0.1.0
 */
public enum LossKind implements FeatureLoss, Choice {
  /** {@code e^2}. */
  L2("squared error", "l2"),
  /** {@code |e|}. */
  L1("absolute error", "l1"),
  /** {@code e^2} where {@code |e| < 1}, else {@code 2 |e| - 1}: twice the usual, as in the code. */
  SMOOTH_L1("twice the smooth L1 (the released code)", "smoothl1", "smooth_l1"),
  /** {@code e^2 / 2} where {@code |e| < 1}, else {@code |e| - 1/2}: as the paper writes it. */
  SMOOTH_L1_PAPER(
      "the smooth L1 without a factor (the paper)", "smoothl1_paper", "smooth_l1_paper");

  private final List<String> words;
  private final String description;

  LossKind(String description, String... words) {
    this.words = List.of(words);
    this.description = description;
  }

  /** The loss that a word names. */
  public static LossKind parse(String word) {
    return Choice.parse("loss", LossKind.class, word);
  }

  @Override
  public Tensor of(Ops ops, Tensor prediction, Tensor target) {
    return switch (this) {
      case L2 -> ops.mean(ops.unary(UnaryOp.SQUARE, ops.sub(prediction, target)), false);
      case L1 -> ops.mean(ops.unary(UnaryOp.ABS, ops.sub(prediction, target)), false);
      case SMOOTH_L1 -> ops.affine(ops.smoothL1(prediction, target, 1), 2, 0);
      case SMOOTH_L1_PAPER -> ops.smoothL1(prediction, target, 1);
    };
  }

  @Override
  public List<String> words() {
    return words;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public String toString() {
    return word();
  }
}

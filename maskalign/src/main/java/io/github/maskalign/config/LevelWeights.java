package io.github.maskalign.config;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Weights of the aligned levels in the loss. Levels are numbered from 0, the lowest.
 *
 * @since 0.1.0
 */
public sealed interface LevelWeights {

  /**
   * The weights of {@code levels} levels.
   *
   * @throws ShapeException if there are not enough levels
   */
  double[] weights(int levels);

  /** Equal weights, {@code 1 / n}. Word {@code mean}. */
  record Mean() implements LevelWeights {
    @Override
    public double[] weights(int levels) {
      double[] weights = new double[levels];
      Arrays.fill(weights, 1.0 / levels);
      return weights;
    }

    @Override
    public String toString() {
      return "mean";
    }
  }

  /** The highest level only. Word {@code out}. */
  record Out() implements LevelWeights {
    @Override
    public double[] weights(int levels) {
      double[] weights = new double[levels];
      weights[levels - 1] = 1;
      return weights;
    }

    @Override
    public String toString() {
      return "out";
    }
  }

  /**
   * {@code i / (0 + 1 + .. + (n - 1))}: rising linearly from 0 for the lowest level. A single level
   * is rejected, since it would divide by zero. Word {@code linear_decay}.
   */
  record LinearDecay() implements LevelWeights {
    @Override
    public double[] weights(int levels) {
      if (levels < 2) {
        throw new ShapeException(
            "level weights linear_decay: the lowest level weighs nothing, so that one level alone"
                + " leaves no loss; use mean");
      }
      double[] weights = new double[levels];
      Arrays.setAll(weights, i -> 2.0 * i / ((double) levels * (levels - 1)));
      return weights;
    }

    @Override
    public String toString() {
      return "linear_decay";
    }
  }

  /**
   * {@code 1 / k} for the highest k levels. With fewer than k levels, each of them weighs {@code 1
   * / k}, as in the released code: the loss is then smaller by a constant factor. Word {@code
   * topK}, such as {@code top5}.
   *
   * @param k at least 1
   */
  record Top(int k) implements LevelWeights {

    /** Checks k. */
    public Top {
      if (k < 1) {
        throw new ArgumentException("level weights top" + k + ": requires at least one level");
      }
    }

    @Override
    public double[] weights(int levels) {
      double[] weights = new double[levels];
      Arrays.fill(weights, Math.max(0, levels - k), levels, 1.0 / k);
      return weights;
    }

    @Override
    public String toString() {
      return "top" + k;
    }
  }

  /**
   * One level only. Word {@code midI}, such as {@code mid0}.
   *
   * @param level counted from 0
   */
  record Middle(int level) implements LevelWeights {
    @Override
    public double[] weights(int levels) {
      if (level >= levels) {
        throw new ShapeException(
            "level weights mid"
                + level
                + ": there are only "
                + levels
                + " levels; choose from mid0 to mid"
                + (levels - 1));
      }
      double[] weights = new double[levels];
      weights[level] = 1;
      return weights;
    }

    @Override
    public String toString() {
      return "mid" + level;
    }
  }

  /**
   * The weights that a word names: mean, out, linear_decay, topK or midI with numbers K and I.
   *
   * @throws ArgumentException if there are no such weights
   */
  static LevelWeights parse(String word) {
    String name = word.toLowerCase(Locale.ROOT).replace('-', '_');
    return switch (name) {
      case "mean" -> new Mean();
      case "out" -> new Out();
      case "linear_decay" -> new LinearDecay();
      default -> {
        if (name.matches("top\\d{1,6}")) {
          yield new Top(Integer.parseInt(name.substring(3)));
        }
        if (name.matches("mid\\d{1,6}")) {
          yield new Middle(Integer.parseInt(name.substring(3)));
        }
        throw new ArgumentException(
            "level weights: '"
                + word
                + "' is not known; choose one of mean, out, linear_decay, topK, midI (such as top5,"
                + " mid0)");
      }
    };
  }
}

package io.github.maskalign.vit.image.resize;

import java.util.List;

/**
 * The inputs of each output of an axis and their weights. With {@code scale = in / out} and {@code
 * f = max(scale, 1)}, output {@code i} is centered at {@code c = (i + 0.5) scale} and weighs the
 * inputs {@code j} within the support of the filter times {@code f} by {@code filter((j - c + 0.5)
 * / f)}, normalized to sum 1.
 *
 * @param max row length of the weights
 * @param first the first input of each output, which never decreases
 * @param count the number of inputs of each output
 * @param weights {@code [outputs][max]}
 */
record Windows(int max, int[] first, int[] count, double[] weights) {

  /** Weights that are held at once, unless a single output has more. */
  private static final int MOST = 1 << 17;

  static Windows of(Filter filter, int in, Outputs outputs) {
    int max = max(filter, in, outputs.size());
    int[] first = new int[outputs.count()];
    int[] count = new int[outputs.count()];
    double[] weights = new double[Math.multiplyExact(outputs.count(), max)];
    for (int i = 0; i < outputs.count(); i++) {
      first[i] = first(filter, in, outputs.size(), outputs.from() + i);
      int row = i * max;
      count[i] = weigh(filter, in, outputs.size(), outputs.from() + i, weights, row);
    }
    return new Windows(max, first, count, weights);
  }

  /** Outputs in blocks of at most some, and of a bounded number of weights. */
  static List<Outputs> blocks(Filter filter, int in, Outputs outputs, int most) {
    return outputs.blocks(Math.clamp(MOST / max(filter, in, outputs.size()), 1, most));
  }

  /** The largest number of inputs of an output. */
  static int max(Filter filter, int in, int out) {
    return (int) Math.ceil(filter.support() * stretch(in, out)) * 2 + 1;
  }

  /** The largest weight of the whole axis. */
  static double largest(Filter filter, int in, int out) {
    double[] weights = new double[max(filter, in, out)];
    double largest = 0;
    for (int i = 0; i < out; i++) {
      int count = weigh(filter, in, out, i, weights, 0);
      for (int t = 0; t < count; t++) {
        largest = Math.max(largest, weights[t]);
      }
    }
    return largest;
  }

  private static double stretch(int in, int out) {
    return Math.max((double) in / out, 1);
  }

  private static int first(Filter filter, int in, int out, int output) {
    double center = (output + 0.5) * ((double) in / out);
    return Math.max((int) (center - filter.support() * stretch(in, out) + 0.5), 0);
  }

  /** Writes the weights of an output, and returns how many it has. */
  private static int weigh(Filter filter, int in, int out, int output, double[] weights, int from) {
    double stretch = stretch(in, out);
    double center = (output + 0.5) * ((double) in / out);
    int first = first(filter, in, out, output);
    int count = Math.min((int) (center + filter.support() * stretch + 0.5), in) - first;
    double sum = 0;
    for (int t = 0; t < count; t++) {
      weights[from + t] = filter.weight((first + t - center + 0.5) / stretch);
      sum += weights[from + t];
    }
    for (int t = 0; t < count; t++) {
      weights[from + t] /= sum;
    }
    return count;
  }

  /** The first input of all outputs. */
  int from() {
    return first[0];
  }

  /** The one after the last input of all outputs. */
  int end() {
    int last = first.length - 1;
    return first[last] + count[last];
  }

  /**
   * The weighted sum of one output over inputs with a stride.
   *
   * @param start of the first input of all outputs
   */
  double sum(int output, double[] in, int start, int stride) {
    double sum = 0;
    int from = start + (first[output] - first[0]) * stride;
    for (int t = 0; t < count[output]; t++) {
      sum += weights[output * max + t] * in[from + t * stride];
    }
    return sum;
  }
}

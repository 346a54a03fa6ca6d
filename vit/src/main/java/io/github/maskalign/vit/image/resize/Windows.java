package io.github.maskalign.vit.image.resize;

/**
 * The inputs of each output of an axis and their weights. With {@code scale = in / out} and {@code
 * f = max(scale, 1)}, output {@code i} is centered at {@code c = (i + 0.5) scale} and weighs the
 * inputs {@code j} within the support of the filter times {@code f} by {@code filter((j - c + 0.5)
 * / f)}, normalized to sum 1.
 *
 * @param max row length of the weights
 * @param first the first input of each output
 * @param count the number of inputs of each output
 * @param weights {@code [out][max]}
 */
record Windows(int max, int[] first, int[] count, double[] weights) {

  static Windows of(Filter filter, int in, int out) {
    double scale = (double) in / out;
    double stretch = Math.max(scale, 1);
    double support = filter.support() * stretch;
    int max = (int) Math.ceil(support) * 2 + 1;
    int[] first = new int[out];
    int[] count = new int[out];
    double[] weights = new double[Math.multiplyExact(out, max)];
    for (int i = 0; i < out; i++) {
      double center = (i + 0.5) * scale;
      int row = i * max;
      first[i] = Math.max((int) (center - support + 0.5), 0);
      count[i] = Math.min((int) (center + support + 0.5), in) - first[i];
      double sum = 0;
      for (int t = 0; t < count[i]; t++) {
        weights[row + t] = filter.weight((first[i] + t - center + 0.5) / stretch);
        sum += weights[row + t];
      }
      for (int t = 0; t < count[i]; t++) {
        weights[row + t] /= sum;
      }
    }
    return new Windows(max, first, count, weights);
  }

  /** The weighted sum of one output over inputs with a stride. */
  double sum(int output, double[] in, int from, int stride) {
    double sum = 0;
    for (int t = 0; t < count[output]; t++) {
      sum += weights[output * max + t] * in[from + (first[output] + t) * stride];
    }
    return sum;
  }
}

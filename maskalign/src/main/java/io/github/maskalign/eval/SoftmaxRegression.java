package io.github.maskalign.eval;

import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.List;

/**
 * features [N, D] -> classes [N]: a linear probe of features that were extracted once, which takes
 * seconds. The published protocol, which trains on augmented pictures, is {@link
 * io.github.maskalign.train.LinearProbing}. Each feature is standardized by mean and deviation over
 * the training set, in place of the batch normalization without scale and shift that the published
 * protocol applies before the linear layer. The linear layer is trained by AdamW on the
 * cross-entropy with a cosine schedule, in an order that depends on the seed only.
 *
 * @param epochs passes over the training set
 * @param batch samples per update
 * @param rate learning rate at the end of the warm-up, which is a tenth of the training
 * @param seed of the order and the initial weights
 * @since 0.1.0
 */
public record SoftmaxRegression(int epochs, int batch, double rate, long seed) {

  /** Epsilon of the published protocol's batch normalization. */
  private static final double EPS = 1e-6;

  private static final double WARM_UP = 0.1;
  private static final double WEIGHT_DEVIATION = 0.01;

  /** Checks the values. */
  public SoftmaxRegression {
    if (epochs < 1 || batch < 1 || !(rate > 0)) {
      throw new ArgumentException(
          "linear probe: %d epochs, batch %d, rate %s; all must be positive"
              .formatted(epochs, batch, rate));
    }
  }

  /** 20 epochs in batches of 256 at 0.003: enough for a few thousand samples. */
  public static SoftmaxRegression standard(long seed) {
    return new SoftmaxRegression(20, 256, 3e-3, seed);
  }

  /**
   * Accuracy on the test samples, 0 to 1.
   *
   * @throws ShapeException if the two have different widths, or one is empty
   */
  public double accuracy(Backend backend, Features train, Features test) {
    int[] found = classify(backend, train, test);
    int right = 0;
    for (int i = 0; i < found.length; i++) {
      right += found[i] == test.labels()[i] ? 1 : 0;
    }
    return (double) right / found.length;
  }

  /**
   * The class of each test sample; their own labels are not used.
   *
   * @throws ShapeException if the two have different widths, or one is empty
   */
  public int[] classify(Backend backend, Features train, Features test) {
    if (train.width() != test.width() || train.count() == 0 || test.count() == 0) {
      throw new ShapeException(
          "linear probe: train [%d, %d] and test [%d, %d] do not fit"
              .formatted(train.count(), train.width(), test.count(), test.width()));
    }
    Standard standard = Standard.of(train);
    int classes = Arrays.stream(train.labels()).max().orElseThrow() + 1;
    try (Scope scope = Scope.root(backend, "linear probe")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, seed);
      Linear layer =
          Linear.create(
              parameters.root(),
              train.width(),
              classes,
              Init.normal(WEIGHT_DEVIATION),
              Init.zeros());
      train(parameters, layer, standard.rows(train), train.labels(), classes);
      return classify(scope, layer, standard.rows(test), test.count());
    }
  }

  private void train(Parameters parameters, Linear layer, float[] rows, int[] labels, int classes) {
    Scope scope = parameters.scope();
    ParameterGroup all = new ParameterGroup(List.copyOf(parameters.trainable()), 1, 0);
    AdamW optimizer = new AdamW(scope, List.of(all), AdamW.Betas.DEFAULT);
    CosineSchedule schedule = new CosineSchedule(rate, 0, WARM_UP * epochs, epochs);
    Philox orders = Philox.of(seed).stream("linear probe");
    for (int epoch = 0; epoch < epochs; epoch++) {
      int[] order = orders.at(epoch).permutation(labels.length);
      for (int from = 0; from < order.length; from += batch) {
        int[] chosen = Arrays.copyOfRange(order, from, Math.min(from + batch, order.length));
        try (Tape tape = Tape.open(scope, "probe step")) {
          tape.watchAll(parameters.trainableValues());
          Tensor logits = layer.forward(tape, gather(tape, rows, chosen, labels.length));
          Tensor loss = tape.crossEntropy(logits, oneHot(tape, labels, chosen, classes));
          double progress = epoch + (double) from / order.length;
          optimizer.step(tape.backward(loss), schedule.at(progress), 1);
        }
      }
    }
  }

  private static Tensor gather(Tape tape, float[] rows, int[] chosen, int count) {
    int width = rows.length / count;
    float[] values = new float[chosen.length * width];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(rows, chosen[i] * width, values, i * width, width);
    }
    return tape.of(values, chosen.length, width);
  }

  private static Tensor oneHot(Tape tape, int[] labels, int[] chosen, int classes) {
    int[] picked = Arrays.stream(chosen).map(i -> labels[i]).toArray();
    return Classification.targets(tape, DType.F32, picked, classes, 0);
  }

  private static int[] classify(Scope outer, Linear layer, float[] rows, int count) {
    try (Scope scope = outer.child("probe test")) {
      Tensor x = scope.ops().of(rows, count, rows.length / count);
      float[] logits = layer.forward(scope.ops(), x).toFloats();
      int classes = logits.length / count;
      int[] found = new int[count];
      for (int i = 0; i < count; i++) {
        for (int c = 1; c < classes; c++) {
          found[i] = logits[i * classes + c] > logits[i * classes + found[i]] ? c : found[i];
        }
      }
      return found;
    }
  }

  /** Mean and inverse deviation of each feature over a training set. */
  private record Standard(double[] mean, double[] scale) {

    static Standard of(Features features) {
      int width = features.width();
      double[] mean = new double[width];
      double[] scale = new double[width];
      float[] values = features.values();
      for (int i = 0; i < values.length; i++) {
        mean[i % width] += values[i] / (double) features.count();
      }
      for (int i = 0; i < values.length; i++) {
        double distance = values[i] - mean[i % width];
        scale[i % width] += distance * distance / features.count();
      }
      Arrays.setAll(scale, j -> 1 / Math.sqrt(scale[j] + EPS));
      return new Standard(mean, scale);
    }

    float[] rows(Features features) {
      float[] rows = features.values().clone();
      for (int i = 0; i < rows.length; i++) {
        int feature = i % features.width();
        rows[i] = (float) ((rows[i] - mean[feature]) * scale[feature]);
      }
      return rows;
    }
  }
}

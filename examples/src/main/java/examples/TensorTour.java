package examples;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.cli.Command;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.eval.Features;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/** The tensor engine: from numbers to a gradient, then a two-layer network, on one page. */
@CommandLine.Command(
    name = "tensor-tour",
    description =
        "Demonstrates the tensor engine: a gradient, then the training of a two-layer network.")
public final class TensorTour implements Command {

  private static final int CLASSES = 10;
  private static final int BATCH = 100;
  private static final int EPOCHS = 3;

  /** For the service loader. */
  public TensorTour() {}

  @Override
  public Integer call() {
    try (Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "tour")) {
      System.out.println(choice.explanation());
      gradient(scope);
      System.out.printf("Test accuracy: %.1f %%%n", trainTwoLayers(scope));
    }
    return 0;
  }

  /** Ten lines from creating tensors to a gradient. */
  static float[] gradient(Scope scope) {
    Tensor x = scope.ops().of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    Tensor y = scope.ops().of(new float[] {1, 0, 1}, 3, 1);
    Tensor weight = scope.ops().of(new float[] {0.5f, -0.25f}, 2, 1);
    try (Tape tape = Tape.open(scope, "step")) {
      Tensor w = tape.watch(weight);
      Tensor loss = x.matmul(w).sub(y).square().mean();
      float[] gradient = tape.backward(loss).of(weight).toFloats();
      System.out.printf("loss %.4f, gradient %s%n", loss.item(), Arrays.toString(gradient));
      return gradient;
    }
  }

  /**
   * Trains 784-64-10 on the first 8,000 embedded images; returns the accuracy on the others in
   * percent.
   */
  static double trainTwoLayers(Scope scope) {
    MemoryDataset pictures = FashionMnist.testSplit();
    Features train = Features.pixels(pictures.subset(0, 8000), FashionMnist.STATS);
    Features test = Features.pixels(pictures.subset(8000, pictures.size()), FashionMnist.STATS);

    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    Linear hidden = Linear.create(parameters.root().at("hidden"), train.width(), 64);
    Linear output = Linear.create(parameters.root().at("output"), 64, CLASSES);
    List<Parameter> all = List.copyOf(parameters.all());
    AdamW optimizer =
        new AdamW(scope, List.of(new ParameterGroup(all, 1, 1e-4)), AdamW.Betas.DEFAULT);

    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      int[] order = Philox.of(1).stream("order").at(epoch).permutation(train.count());
      double sum = 0;
      for (int from = 0; from < order.length; from += BATCH) {
        int[] rows = Arrays.copyOfRange(order, from, from + BATCH);
        try (Tape tape = Tape.open(scope, "step")) {
          tape.watchAll(parameters.trainableValues());
          Tensor logits = logits(tape, hidden, output, images(tape, train, rows));
          Tensor loss = tape.crossEntropy(logits, oneHot(tape, train, rows));
          Gradients gradients = tape.backward(loss);
          optimizer.step(gradients, 1e-3, 1);
          sum += loss.item();
        }
      }
      System.out.printf("epoch %d: loss %.3f%n", epoch + 1, sum * BATCH / order.length);
    }
    return accuracy(scope, hidden, output, test);
  }

  private static Tensor logits(Ops ops, Linear hidden, Linear output, Tensor images) {
    return output.forward(ops, hidden.forward(ops, images).relu());
  }

  private static double accuracy(Scope scope, Linear hidden, Linear output, Features test) {
    try (Scope inner = scope.child("test")) {
      int[] rows = new int[test.count()];
      Arrays.setAll(rows, i -> i);
      float[] logits =
          logits(inner.ops(), hidden, output, images(inner.ops(), test, rows)).toFloats();
      return Classification.accuracy(logits, test.labels(), CLASSES, 1);
    }
  }

  private static Tensor images(Ops ops, Features data, int[] rows) {
    float[] values = new float[rows.length * data.width()];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(
          data.values(), rows[i] * data.width(), values, i * data.width(), data.width());
    }
    return ops.of(values, rows.length, data.width());
  }

  private static Tensor oneHot(Ops ops, Features data, int[] rows) {
    int[] labels = Arrays.stream(rows).map(row -> data.labels()[row]).toArray();
    return Classification.targets(ops, DType.F32, labels, CLASSES, 0);
  }
}

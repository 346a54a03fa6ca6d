package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.StepReport;
import io.github.maskalign.train.TrainStep;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The library's training steps in the official loop: iteration i uses batch {@code i mod
 * iters_per_epoch}, and an incomplete accumulation group at the end of an epoch is discarded.
 */
final class TrainingLoop {

  private static final double RATE_ERROR = 1e-12;

  private final VectorCase given;
  private final float[] images;
  private final int[] dims;
  private final int[] labels;
  private final Parameters parameters;
  private final Map<String, Tensor> before = new HashMap<>();
  private final List<Double> losses = new ArrayList<>();
  private final List<Double> rates = new ArrayList<>();
  private final List<Double> norms = new ArrayList<>();
  private final List<Double> epochLosses = new ArrayList<>();
  private final List<Double> epochRates = new ArrayList<>();

  TrainingLoop(VectorCase given, Parameters parameters) {
    this.given = given;
    this.images = given.floats("in.images");
    this.dims = given.dims("in.images");
    this.labels = given.has("in.labels") ? given.integers("in.labels") : new int[0];
    this.parameters = parameters;
    Eager ops = given.scope().eager();
    parameters.all().forEach(p -> before.put(p.name(), ops.copy(p.value())));
  }

  static AdamW.Betas betas(VectorCase given) {
    return new AdamW.Betas(given.real("beta1"), given.real("beta2"), given.real("adam_eps"));
  }

  /** Learning rates and clipping of the configuration. */
  static TrainStep.Options stepOptions(VectorCase given) {
    int batch = given.integer("batch") * given.integer("accum_iter");
    double peak = CosineSchedule.scaled(given.real("blr"), batch);
    given.checks().equal("lr", peak, given.real("lr"), RATE_ERROR * peak);
    CosineSchedule schedule =
        new CosineSchedule(
            peak, given.real("min_lr"), given.real("warmup_epochs"), given.real("epochs"));
    double maxNorm = given.real("clip_grad", Double.POSITIVE_INFINITY);
    return new TrainStep.Options(schedule, given.integer("iters_per_epoch"), maxNorm);
  }

  /** Learning rates of the updates. */
  List<Double> rates() {
    return rates;
  }

  /** Trains for all epochs. */
  void run(TrainStep updates, TrainStep.Loss loss) {
    int passes = given.integer("iters_per_epoch");
    int epochs = given.integer("epochs_run");
    for (int epoch = 0; epoch < epochs; epoch++) {
      epoch(updates, loss, epoch, passes);
    }
  }

  private void epoch(TrainStep updates, TrainStep.Loss loss, int epoch, int passes) {
    int group = given.integer("accum_iter");
    double rateSum = 0;
    for (int from = 0; from < passes; from += group) {
      List<Batch> batches =
          IntStream.range(from, Math.min(from + group, passes))
              .mapToObj(pass -> batch(epoch, pass, passes))
              .toList();
      if (batches.size() == group) {
        StepReport report =
            updates.step(batches.iterator(), group, (tape, batch) -> noted(loss, tape, batch));
        norms.add(report.gradientNorm());
        rates.add(report.learningRate());
        rateSum += group * report.learningRate();
      } else {
        batches.forEach(batch -> thrownAway(loss, batch));
        double at = epoch + (double) from / passes;
        rateSum += batches.size() * stepOptions(given).schedule().at(at);
      }
    }
    List<Double> own = losses.subList(losses.size() - passes, losses.size());
    epochLosses.add(own.stream().mapToDouble(Double::doubleValue).sum() / passes);
    epochRates.add(rateSum / passes);
  }

  private Tensor noted(TrainStep.Loss loss, Tape tape, Batch batch) {
    Tensor value = loss.of(tape, batch);
    losses.add(value.item());
    return value;
  }

  private void thrownAway(TrainStep.Loss loss, Batch batch) {
    try (Tape tape = Tape.open(given.scope(), "pass " + batch.number())) {
      noted(loss, tape, batch);
    }
  }

  /** Batch {@code pass} of the inputs. */
  Batch batch(int epoch, int pass, int passes) {
    int size = dims[1];
    int each = images.length / dims[0];
    return new Batch(
        (long) epoch * passes + pass,
        epoch,
        Arrays.copyOfRange(images, pass * each, (pass + 1) * each),
        IntStream.range(0, size).toArray(),
        labels.length == 0 ? null : Arrays.copyOfRange(labels, pass * size, (pass + 1) * size),
        dims[2],
        dims[3],
        dims[4]);
  }

  /** {@code xs [N, ..] -> xs[i] [..]}. */
  static Tensor row(Eager ops, Tensor xs, int i) {
    int[] dims = xs.shape().dims();
    Tensor one = ops.slice(xs, 0, i, i + 1);
    return ops.contiguous(ops.reshape(one, Arrays.copyOfRange(dims, 1, dims.length)));
  }

  /** Checks the losses and rates of the loop, the parameters and the optimizer's state. */
  void check(TrainStep updates) {
    series("out.loss", losses);
    series("out.lr", rates);
    series("out.grad_norm", norms);
    series("out.epoch_mean_loss", epochLosses);
    series("out.epoch_mean_lr", epochRates);
    for (Parameter parameter : parameters.all()) {
      given.checks().trained(parameter.name(), before.get(parameter.name()), parameter.value());
    }
    updates.optimizer().state().forEach((name, v) -> given.checks().tensor("opt." + name, v));
  }

  private void series(String name, List<Double> values) {
    double[] numbers = values.stream().mapToDouble(Double::doubleValue).toArray();
    given.checks().values(name, numbers, numbers.length);
  }
}

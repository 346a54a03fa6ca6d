package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.autograd.optim.GradientBuffer;
import io.github.maskalign.autograd.optim.GradientNorm;
import io.github.maskalign.autograd.optim.Optimizer;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The official loop over passes: pass i uses batch {@code i mod iters_per_epoch}; the learning rate
 * is set at the start of each group of {@code accum_iter} passes, and the passes of an incomplete
 * group at the end of an epoch are thrown away.
 */
final class TrainingLoop {

  private static final double RATE_ERROR = 1e-12;

  /** The loss of a pass. */
  @FunctionalInterface
  interface Pass {
    Tensor loss(Tape tape, Tensor images, int number);
  }

  private final VectorCase given;
  private final Tensor images;
  private final Optimizer optimizer;
  private final Parameters parameters;
  private final CosineSchedule schedule;
  private final Map<String, Tensor> before = new HashMap<>();
  private final List<Double> losses = new ArrayList<>();
  private final List<Double> rates = new ArrayList<>();
  private final List<Double> norms = new ArrayList<>();
  private final List<Double> epochLosses = new ArrayList<>();
  private final List<Double> epochRates = new ArrayList<>();

  TrainingLoop(VectorCase given, Optimizer optimizer, Parameters parameters) {
    this.given = given;
    this.images = given.tensor("in.images");
    this.optimizer = optimizer;
    this.parameters = parameters;
    int batch = given.integer("batch") * given.integer("accum_iter");
    double peak = CosineSchedule.scaled(given.real("blr"), batch);
    given.checks().equal("lr", peak, given.real("lr"), RATE_ERROR * peak);
    this.schedule =
        new CosineSchedule(
            peak, given.real("min_lr"), given.real("warmup_epochs"), given.real("epochs"));
    Eager ops = given.scope().eager();
    parameters.all().forEach(p -> before.put(p.name(), ops.copy(p.value())));
  }

  static AdamW.Betas betas(VectorCase given) {
    return new AdamW.Betas(given.real("beta1"), given.real("beta2"), given.real("adam_eps"));
  }

  /** Learning rates of the updates. */
  List<Double> rates() {
    return rates;
  }

  /** Trains for all epochs. */
  void run(Pass pass) {
    int passes = given.integer("iters_per_epoch");
    int epochs = given.integer("epochs_run");
    for (int epoch = 0; epoch < epochs; epoch++) {
      epoch(pass, epoch, passes);
    }
  }

  private void epoch(Pass pass, int epoch, int passes) {
    int group = given.integer("accum_iter");
    double lossSum = 0;
    double rateSum = 0;
    double rate = 0;
    GradientBuffer sums = new GradientBuffer(given.scope(), parameters.trainable());
    for (int i = 0; i < passes; i++) {
      if (i % group == 0) {
        rate = schedule.at(epoch + (double) i / passes);
      }
      double loss = accumulate(pass, sums, i, epoch * passes + i, group);
      losses.add(loss);
      lossSum += loss;
      rateSum += rate;
      if ((i + 1) % group == 0) {
        update(sums, rate);
      }
    }
    sums.clear();
    epochLosses.add(lossSum / passes);
    epochRates.add(rateSum / passes);
  }

  private double accumulate(Pass pass, GradientBuffer sums, int batch, int number, int group) {
    try (Tape tape = Tape.open(given.scope(), "pass " + number)) {
      tape.watchAll(parameters.trainableValues());
      Tensor loss = pass.loss(tape, row(tape.scope().eager(), images, batch), number);
      sums.add(tape.backward(loss), 1.0 / group);
      return loss.item();
    }
  }

  /** {@code xs [N, ..] -> xs[i] [..]}. */
  static Tensor row(Eager ops, Tensor xs, int i) {
    int[] dims = xs.shape().dims();
    Tensor one = ops.slice(xs, 0, i, i + 1);
    return ops.contiguous(ops.reshape(one, Arrays.copyOfRange(dims, 1, dims.length)));
  }

  private void update(GradientBuffer sums, double rate) {
    try (Scope scope = given.scope().child("update")) {
      double norm = GradientNorm.of(scope, sums, parameters.trainable());
      double clip =
          given.hasSetting("clip_grad")
              ? GradientNorm.clipFactor(norm, given.real("clip_grad"))
              : 1;
      optimizer.step(sums, rate, clip);
      norms.add(norm);
    }
    rates.add(rate);
    sums.clear();
  }

  /** Checks what the loop has seen, the parameters and the optimiser's state. */
  void check() {
    series("out.loss", losses);
    series("out.lr", rates);
    series("out.grad_norm", norms);
    series("out.epoch_mean_loss", epochLosses);
    series("out.epoch_mean_lr", epochRates);
    for (Parameter parameter : parameters.all()) {
      given.checks().trained(parameter.name(), before.get(parameter.name()), parameter.value());
    }
    optimizer.state().forEach((name, value) -> given.checks().tensor("opt." + name, value));
  }

  private void series(String name, List<Double> values) {
    double[] numbers = values.stream().mapToDouble(Double::doubleValue).toArray();
    given.checks().values(name, numbers, numbers.length);
  }
}

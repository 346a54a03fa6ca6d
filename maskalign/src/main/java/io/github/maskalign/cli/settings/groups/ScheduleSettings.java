package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.train.TrainStep;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Epochs, batch size and learning rate. Epochs, batch size and warm-up may be null until they are
 * completed from the data; the methods require them.
 *
 * @since 0.1.0
 */
public record ScheduleSettings(
    @Setting(value = "Number of epochs.", range = "[1, *)", fromData = true)
        @Nullable Integer epochs,
    @Setting(value = "Batch size.", range = "[1, *)", fromData = true) @Nullable Integer batch,
    @Setting(
            value = "Number of batches whose gradients are accumulated per optimizer step.",
            defaultValue = "1",
            range = "[1, *)")
        int accumulate,
    @Setting(
            value =
                "Base learning rate; the peak learning rate is this x batch x accumulate / 256.",
            range = "(0, *)")
        double blr,
    @Setting(
            value = "Peak learning rate; overrides --blr.",
            defaultText = "computed from --blr",
            range = "(0, *)")
        @Nullable Double lr,
    @Setting(
            value = "Final learning rate; not applied during warm-up.",
            defaultValue = "0",
            range = "[0, *)")
        double minLr,
    @Setting(value = "Epochs of linear learning-rate warm-up.", range = "[0, *)", fromData = true)
        @Nullable Double warmup,
    @Setting(value = "Weight decay of matrices; biases and norms have none.", range = "[0, *)")
        double weightDecay) {

  /** Rejects numbers that do not fit together. */
  public ScheduleSettings {
    if (batch != null && (long) batch * accumulate > Integer.MAX_VALUE) {
      throw new ArgumentException(
          "--batch %d, --accumulate %d: their product must be at most %,d"
              .formatted(batch, accumulate, Integer.MAX_VALUE));
    }
    if (warmup != null && epochs != null && warmup > epochs) {
      throw new ArgumentException(
          "--warmup %s: must be at most the number of epochs, %d".formatted(warmup, epochs));
    }
  }

  /** Completes what the user left to the data. */
  ScheduleSettings completed(ScheduleDefaults defaults, int images) {
    int shown = epochs == null ? defaults.epochs(images) : epochs;
    int filled = batch == null ? defaults.batch(images) : batch;
    return new ScheduleSettings(
        shown,
        filled,
        accumulate,
        blr,
        lr,
        minLr,
        warmup == null ? defaults.warmup(shown, steps(shown, filled, images)) : warmup,
        weightDecay);
  }

  /** Optimizer steps of a run. */
  private long steps(int shown, int filled, int images) {
    return (long) shown * (images / filled) / accumulate;
  }

  /**
   * Rejects a batch that the data set does not fill.
   *
   * @param images number of images of the data set
   */
  void requireFilled(int images) {
    if (batch != null && batch > images) {
      throw new ArgumentException(
          "--batch %d: the data set has only %s; use --batch %d or less"
              .formatted(batch, Quantity.of(images, "image"), images));
    }
  }

  /** Images per optimizer step. */
  public int effectiveBatch() {
    return batch * accumulate;
  }

  /** Peak learning rate. */
  public double peak() {
    return lr == null ? CosineSchedule.scaled(blr, effectiveBatch()) : lr;
  }

  /** Learning rate as a function of fractional epochs. */
  public CosineSchedule rates() {
    return new CosineSchedule(peak(), minLr, warmup, epochs);
  }

  /**
   * Step sizes of a run.
   *
   * @param clipGrad maximum gradient norm; no clipping if null
   */
  public TrainStep.Options stepOptions(long batchesPerEpoch, @Nullable Double clipGrad) {
    return new TrainStep.Options(
        rates(), batchesPerEpoch, clipGrad == null ? Double.POSITIVE_INFINITY : clipGrad);
  }

  /** One line that shows how the learning rate is computed. */
  public String explanation() {
    String batches =
        accumulate == 1
            ? "batch " + batch
            : "batch %d x %d accumulated = %d".formatted(batch, accumulate, effectiveBatch());
    String rate =
        lr == null
            ? String.format(Locale.ROOT, "%.3g x %d / 256 = %.4g", blr, effectiveBatch(), peak())
            : String.format(Locale.ROOT, "%.4g", peak());
    return "%s; peak learning rate %s; %s of %s warm-up; final learning rate %s"
        .formatted(batches, rate, warmup, Quantity.of(epochs, "epoch"), minLr);
  }

  /**
   * What is lost of a run that is as short as its warm-up, in one line.
   *
   * @param images number of images of the data set
   */
  public Optional<String> warning(int images) {
    if (warmup > 0 && steps(epochs, batch, images) == 1) {
      return Optional.of(
          "The only step is the first of the warm-up and has learning rate 0: nothing is learned;"
              + " use --warmup 0, more epochs or a smaller batch");
    }
    return warmup >= epochs
        ? Optional.of("The warm-up takes the whole run, which ends below the peak learning rate")
        : Optional.empty();
  }
}

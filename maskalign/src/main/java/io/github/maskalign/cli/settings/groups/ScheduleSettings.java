package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.train.TrainStep;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How long to train, in which batches, at which learning rate.
 *
 * @since 0.1.0
 */
public record ScheduleSettings(
    @Setting("Passes over the pictures.") int epochs,
    @Setting("Pictures in a batch.") int batch,
    @Setting(value = "Batches in an update.", standard = "1") int accumulate,
    @Setting("Base learning rate, of which the peak is this x batch x accumulate / 256.")
        double blr,
    @Setting("Peak learning rate itself; overrides --blr.") @Nullable Double lr,
    @Setting(value = "Learning rate at the end; does not hold during warm-up.", standard = "0")
        double minLr,
    @Setting("Epochs of linear warm-up.") double warmup,
    @Setting("Weight decay of matrices.") double weightDecay) {

  /** Checks the numbers. */
  public ScheduleSettings {
    if (epochs < 1 || batch < 1 || accumulate < 1) {
      throw new IllegalArgumentException(
          "epochs %d, batch %d, accumulate %d: all must be 1 or more"
              .formatted(epochs, batch, accumulate));
    }
    if (!(weightDecay >= 0)) {
      throw new IllegalArgumentException("weight-decay " + weightDecay + ": must be 0 or more");
    }
  }

  /** Pictures in an update. */
  public int effectiveBatch() {
    return Math.multiplyExact(batch, accumulate);
  }

  /** The highest learning rate. */
  public double peak() {
    return lr == null ? CosineSchedule.scaled(blr, effectiveBatch()) : lr;
  }

  /** Learning rate over fractional epochs. */
  public CosineSchedule rates() {
    return new CosineSchedule(peak(), minLr, warmup, epochs);
  }

  /**
   * How far the steps of a run go.
   *
   * @param clip norm that gradients are clipped to; if null, they are not
   */
  public TrainStep.Options stepOptions(long batchesPerEpoch, @Nullable Double clip) {
    return new TrainStep.Options(
        rates(), batchesPerEpoch, clip == null ? Double.POSITIVE_INFINITY : clip);
  }

  /** The arithmetic, in a line. */
  public String explanation() {
    String batches =
        accumulate == 1
            ? "batch " + batch
            : "batch %d x %d accumulated = %d".formatted(batch, accumulate, effectiveBatch());
    String rate =
        lr == null
            ? String.format(Locale.ROOT, "%.3g x %d / 256 = %.4g", blr, effectiveBatch(), peak())
            : String.format(Locale.ROOT, "%.4g", peak());
    return "%s; learning rate %s after %s of %d epochs, %s at the end"
        .formatted(batches, rate, warmup, epochs, minLr);
  }
}

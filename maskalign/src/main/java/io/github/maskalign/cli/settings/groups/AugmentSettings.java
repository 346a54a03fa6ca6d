package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.data.Range;
import io.github.maskalign.data.augment.AugmentedCrop;
import io.github.maskalign.data.augment.ColorJitter;
import io.github.maskalign.data.augment.MixupCutmix;
import io.github.maskalign.data.augment.RandAugment;
import io.github.maskalign.data.augment.RandomErasing;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.SoftTargets;
import io.github.maskalign.vit.image.ImageSize;
import org.jspecify.annotations.Nullable;

/**
 * Augmentation of labeled images and their labels.
 *
 * @since 0.1.0
 */
public record AugmentSettings(
    @Setting(
            value = "RandAugment policy in timm's notation, or none.",
            defaultValue = "rand-m9-mstd0.5-inc1")
        @Nullable RandAugment augment,
    @Setting(
            value = "Strength of color jitter; requires --augment none.",
            defaultText = "off",
            formerly = "colour-jitter",
            range = "(0, *)")
        @Nullable Double colorJitter,
    @Setting(
            value = "Probability of random erasing.",
            defaultValue = "0.25",
            formerly = "erase",
            range = "[0, 1]")
        double eraseProb,
    @Setting(value = "Content of erased boxes", defaultValue = "pixel", formerly = "erase-with")
        RandomErasing.Filling eraseMode,
    @Setting(
            value = "Maximum number of erased boxes per image.",
            defaultValue = "1",
            formerly = "erase-boxes",
            range = "[1, *)")
        int eraseCount,
    @Setting(value = "Mixup alpha; 0 disables mixup.", defaultValue = "0", range = "[0, *)")
        double mixup,
    @Setting(value = "CutMix alpha; 0 disables CutMix.", defaultValue = "0", range = "[0, *)")
        double cutmix,
    @Setting(
            value =
                "Range of the CutMix box's sides as fractions of the image, such as 0.2,0.8;"
                    + " replaces the CutMix alpha.",
            defaultText = "box from --cutmix")
        @Nullable Sides cutmixMinmax,
    @Setting(
            value = "Probability of applying mixup or CutMix.",
            defaultValue = "1",
            formerly = "mix-prob",
            range = "[0, 1]")
        double mixupProb,
    @Setting(
            value = "Probability of CutMix instead of mixup if both are enabled.",
            defaultValue = "0.5",
            formerly = "mix-switch-prob",
            range = "[0, 1]")
        double mixupSwitchProb,
    @Setting(
            value = "Unit that shares one draw of mixup or CutMix",
            defaultValue = "batch",
            formerly = "mix-mode")
        MixupCutmix.Mode mixupMode,
    @Setting(value = "Label smoothing.", defaultValue = "0.1", range = "[0, 1)") double smoothing) {

  /**
   * A range of fractions.
   *
   * @param from lower bound
   * @param to upper bound
   */
  public record Sides(double from, double to) {

    /** Rejects bounds that are not fractions, or in the wrong order. */
    public Sides {
      if (!(from > 0 && from <= to && to <= 1)) {
        throw new ArgumentException(
            "--cutmix-minmax %s,%s: must be above 0, at most 1, and ascending".formatted(from, to));
      }
    }

    /** Reads {@code FROM,TO}. */
    public static Sides parse(String text) {
      String[] parts = text.split(",");
      try {
        if (parts.length == 2) {
          return new Sides(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
        }
      } catch (NumberFormatException e) {
        // Reported below.
      }
      throw new ArgumentException("--cutmix-minmax: '" + text + "' is not of the form FROM,TO");
    }

    @Override
    public String toString() {
      return from + "," + to;
    }
  }

  /** Rejects a color jitter that would have no effect. */
  public AugmentSettings {
    if (augment != null && colorJitter != null) {
      throw new ArgumentException(
          "--color-jitter requires --augment none: the released code does not apply both");
    }
  }

  /** The augmentation of the images. */
  public AugmentedCrop.Options view(ImageSize size, LabeledData data) {
    return new AugmentedCrop.Options(
        Views.crop(size, data.cropScale(), data.flip()),
        false,
        augment,
        colorJitter == null ? null : new ColorJitter(colorJitter),
        eraseProb > 0 ? new RandomErasing(eraseProb, eraseMode, eraseCount) : null);
  }

  /**
   * Rejects a batch size that mixing does not accept.
   *
   * @throws ArgumentException naming the option
   */
  void requireBatch(int batch) {
    if (mixing().active() && batch % 2 != 0) {
      throw new ArgumentException(
          "--batch " + batch + ": mixup and CutMix require an even batch size");
    }
  }

  private MixupCutmix.Options mixing() {
    Range sides = cutmixMinmax == null ? null : new Range(cutmixMinmax.from, cutmixMinmax.to);
    return new MixupCutmix.Options(mixup, cutmix, sides, mixupProb, mixupSwitchProb, mixupMode);
  }

  /** The targets: smoothed labels, mixed by mixup and CutMix, which also mix the images. */
  public SoftTargets targets(int classes, int batch, long seed) {
    requireBatch(batch);
    MixupCutmix.Options mixing = mixing();
    return mixing.active()
        ? new MixupCutmix(mixing, classes, smoothing, seed)::of
        : SoftTargets.smoothed(classes, smoothing);
  }
}

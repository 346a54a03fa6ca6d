package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.data.Range;
import io.github.maskalign.data.augment.AugmentedCrop;
import io.github.maskalign.data.augment.ColorJitter;
import io.github.maskalign.data.augment.MixupCutmix;
import io.github.maskalign.data.augment.RandAugment;
import io.github.maskalign.data.augment.RandomErasing;
import io.github.maskalign.train.SoftTargets;
import org.jspecify.annotations.Nullable;

/**
 * How labeled pictures and their labels are altered.
 *
 * @since 0.1.0
 */
public record AugmentSettings(
    @Setting(value = "RandAugment in timm's notation, or none.", standard = "rand-m9-mstd0.5-inc1")
        @Nullable RandAugment augment,
    @Setting("Strength of color jitter; only with --augment none.") @Nullable Double colorJitter,
    @Setting(value = "Probability that boxes are wiped out.", standard = "0.25") double erase,
    @Setting(value = "What they show.", standard = "pixel") RandomErasing.Filling eraseWith,
    @Setting(value = "How many of them at most.", standard = "1") int eraseBoxes,
    @Setting(value = "Alpha of mixup; 0 for none.", standard = "0") double mixup,
    @Setting(value = "Alpha of CutMix; 0 for none.", standard = "0") double cutmix,
    @Setting("Instead of CutMix's alpha, sides of its box as shares, such as 0.2,0.8.")
        @Nullable Sides cutmixMinmax,
    @Setting(value = "Probability that a draw mixes at all.", standard = "1") double mixProb,
    @Setting(value = "Probability of CutMix where mixup is on too.", standard = "0.5")
        double mixSwitchProb,
    @Setting(value = "What shares a draw.", standard = "batch") MixupCutmix.Mode mixMode,
    @Setting(value = "Share of a label that is spread over all classes.", standard = "0.1")
        double smoothing) {

  /**
   * Two shares.
   *
   * @param from the smaller
   * @param to the larger
   */
  public record Sides(double from, double to) {

    /** Reads {@code FROM,TO}. */
    public static Sides parse(String words) {
      String[] parts = words.split(",");
      try {
        if (parts.length == 2) {
          return new Sides(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
        }
      } catch (NumberFormatException e) {
        // Told below.
      }
      throw new IllegalArgumentException("cutmix-minmax: '" + words + "' is not FROM,TO");
    }

    @Override
    public String toString() {
      return from + "," + to;
    }
  }

  /** Refuses a jitter that would do nothing. */
  public AugmentSettings {
    if (augment != null && colorJitter != null) {
      throw new IllegalArgumentException(
          "color-jitter is for --augment none, as in the released code; choose one of the two");
    }
  }

  /** For the pictures. */
  public AugmentedCrop.Options view(int side, LabeledData data) {
    return new AugmentedCrop.Options(
        Views.crop(side, data.cropScale(), data.flip()),
        false,
        augment,
        colorJitter == null ? null : new ColorJitter(colorJitter),
        erase > 0 ? new RandomErasing(erase, eraseWith, eraseBoxes) : null);
  }

  /** For the labels, and the pictures where they are mixed. */
  public SoftTargets targets(int classes, int batch, long seed) {
    Range sides = cutmixMinmax == null ? null : new Range(cutmixMinmax.from, cutmixMinmax.to);
    MixupCutmix.Options mixing =
        new MixupCutmix.Options(mixup, cutmix, sides, mixProb, mixSwitchProb, mixMode);
    if (!mixing.active()) {
      return SoftTargets.smoothed(classes, smoothing);
    }
    if (batch % 2 != 0) {
      throw new IllegalArgumentException(
          "batch " + batch + ": mixup and CutMix need an even number of pictures");
    }
    return new MixupCutmix(mixing, classes, smoothing, seed)::of;
  }
}

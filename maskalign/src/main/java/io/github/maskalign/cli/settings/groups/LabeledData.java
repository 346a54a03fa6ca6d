package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import org.jspecify.annotations.Nullable;

/**
 * Training and evaluation images of a classifier.
 *
 * @since 0.1.0
 */
public record LabeledData(
    @Setting(
            value =
                "Labeled training images: a folder with one subfolder per class, a list of paths"
                    + " and labels, tar archives, IDX or CIFAR files, or fashion-mnist.",
            defaultText = Setting.REQUIRED)
        @Nullable String data,
    @Setting(
            value = "Labeled images to evaluate on after every epoch.",
            defaultText = "no evaluation, or --split",
            affectsResult = false)
        @Nullable String evalData,
    @Setting(
            value = "Images per batch in evaluation.",
            defaultValue = "100",
            affectsResult = false,
            range = "[1, *)")
        int evalBatch,
    @Group(heading = "Data:") SplitSettings held,
    @Setting(
            value = "Minimum area of a random crop as a fraction of the image.",
            defaultValue = "0.08",
            range = "(0, 1]")
        double cropScale,
    @Setting(value = "Probability of a horizontal flip.", defaultValue = "0.5", range = "[0, 1]")
        double flip) {

  /** Rejects two sources of evaluation images. */
  public LabeledData {
    held.requireOnly(evalData);
  }
}

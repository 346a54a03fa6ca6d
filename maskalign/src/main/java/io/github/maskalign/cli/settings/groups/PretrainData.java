package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.tensor.error.ArgumentException;
import org.jspecify.annotations.Nullable;

/**
 * Training and evaluation images of pre-training.
 *
 * @since 0.1.0
 */
public record PretrainData(
    @Setting(
            value =
                "Training images: a folder, a list, tar archives, IDX or CIFAR files, or"
                    + " fashion-mnist; labels are not used.",
            defaultText = Setting.REQUIRED)
        @Nullable String data,
    @Setting(
            value = "Minimum area of a random crop as a fraction of the image.",
            defaultValue = "0.2",
            range = "(0, 1]")
        double cropScale,
    @Setting(value = "Probability of a horizontal flip.", defaultValue = "0.5", range = "[0, 1]")
        double flip,
    @Setting(
            value = "Labeled images that k-NN evaluation classifies during training.",
            defaultText = "no evaluation, or --split",
            affectsResult = false,
            replacedBy = {"data", "split"})
        @Nullable String evalData,
    @Setting(
            value = "Labeled images in which k-NN evaluation searches for neighbors.",
            defaultText =
                "--data if it is another labeled data set, else every second image of --eval-data",
            affectsResult = false,
            replacedBy = {"data", "split"})
        @Nullable String evalGallery,
    @Group(heading = "Data:") SplitSettings held,
    @Setting(
            value =
                "Run k-NN evaluation every N epochs and after the last one; 0 for after the last"
                    + " one only.",
            defaultValue = "10",
            affectsResult = false,
            range = "[0, *)")
        int evalEvery,
    @Setting(
            value = "Maximum number of images of each data set in k-NN evaluation.",
            defaultValue = "10000",
            affectsResult = false,
            formerly = "eval-pictures",
            range = "[1, *)")
        int evalImages) {

  /** Rejects several sources of evaluation images, and a gallery without images to classify. */
  public PretrainData {
    held.requireOnly(evalData);
    if (evalGallery != null && evalData == null) {
      throw new ArgumentException("--eval-gallery: requires --eval-data");
    }
  }
}

package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.SplitSettings;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.util.Arrays;

/** Warns where a model is evaluated on the images that it knows. */
public final class SameImages {

  /** Images that are compared; copies of a data set agree in all. */
  private static final int COMPARED = 32;

  private SameImages() {}

  /**
   * Prints a warning in one line if two data sets are the same: by their names, or by the number
   * and content of their images.
   *
   * @param option that names the data set to evaluate on
   * @param known option that names the other
   */
  public static void warn(String option, Dataset evaluated, String known, Dataset other) {
    warn(option, evaluated, known, other, "");
  }

  /**
   * The same with a remark on what is done with such images.
   *
   * @return whether they are the same
   */
  static boolean warn(
      String option, Dataset evaluated, String known, Dataset other, String remark) {
    boolean same = same(evaluated, other);
    if (same) {
      System.err.printf(
          "Warning: %s has the same images as %s%s, so the scores say nothing about new images;"
              + " give others%s%n",
          option, known, remark, SplitSettings.SUGGESTION);
    }
    return same;
  }

  private static boolean same(Dataset a, Dataset b) {
    if (a.size() != b.size()) {
      return false;
    }
    return a.sha256().equals(b.sha256())
        || Arrays.stream(DataSetOption.spread(a.size(), COMPARED))
            .allMatch(sample -> sameImage(a, b, sample));
  }

  private static boolean sameImage(Dataset a, Dataset b, int sample) {
    try {
      byte[] file = a.file(sample);
      byte[] other = b.file(sample);
      return file != null && other != null
          ? Arrays.equals(file, other)
          : a.picture(sample).equals(b.picture(sample));
    } catch (DamagedPictureException e) {
      return false;
    }
  }
}

package io.github.maskalign.cli.train;

import io.github.maskalign.data.ClassMatch;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.labels.ClassNames;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens the data sets that options name.
 *
 * @since 0.1.0
 */
public final class DataSetOption {

  private DataSetOption() {}

  /**
   * Opens a data set and prints what was noticed, such as ignored files.
   *
   * @param option that names it, for messages
   * @throws ArgumentException if it is missing
   */
  public static Dataset open(String option, @Nullable String word) {
    return noted(option, DataSets.named(required(option, word)));
  }

  /**
   * The name of a data set.
   *
   * @throws ArgumentException if it is missing
   */
  static String required(String option, @Nullable String word) {
    if (word == null) {
      throw new ArgumentException("missing " + option + ": image folder or data set");
    }
    return word;
  }

  private static Dataset noted(String option, Dataset pictures) {
    DatasetNotes.lines(pictures).forEach(line -> System.out.printf("%s: %s%n", option, line));
    return pictures;
  }

  /** Opens a labeled data set. */
  public static Dataset labeled(String option, @Nullable String word) {
    Dataset pictures = DataSets.named(required(option, word));
    if (!pictures.hasLabels()) {
      String why = pictures.notes().unlabeled();
      throw new ArgumentException(
          "%s: %s has no labels; %s"
              .formatted(
                  option,
                  word,
                  why.isEmpty() ? "use one subfolder per class, or a list with labels" : why));
    }
    return noted(option, pictures);
  }

  /**
   * A labeled data set with the classes of a reference, matched by name; prints which of them it
   * lacks.
   *
   * @param option that names the data set, for messages
   * @param reference what has the classes, for messages
   * @throws ArgumentException if it has classes that the reference lacks
   */
  public static Dataset matched(
      String option, Dataset pictures, String reference, List<String> classes) {
    ClassMatch match = ClassMatch.of(pictures, option, classes, reference);
    if (!match.absent().isEmpty()) {
      System.out.printf("%s: %s%n", option, Printable.line(match.absence()));
    }
    return match.set();
  }

  /**
   * A labeled data set with the classes of a classifier, matched by name, synset or number; prints
   * which of them it lacks, and if numbers were matched.
   *
   * @param option that names the data set, for messages
   * @param reference what has the classes, for messages
   * @throws ArgumentException if it has classes that the reference lacks
   */
  public static Dataset matched(
      String option, Dataset pictures, String reference, ClassNames classes) {
    ClassMatch match = ClassMatch.of(pictures, option, classes, reference);
    match.notes().forEach(line -> System.out.printf("%s: %s%n", option, Printable.line(line)));
    return match.set();
  }

  /** At most {@code count} images, spread evenly. */
  public static Dataset atMost(Dataset pictures, int count) {
    if (count < 1) {
      throw new ArgumentException("number of images: must be 1 or more, got " + count);
    }
    return pictures.size() <= count ? pictures : pictures.select(spread(pictures.size(), count));
  }

  /** At most {@code count} of the samples 0 to size - 1, spread evenly. */
  public static int[] spread(int size, int count) {
    int[] chosen = new int[Math.min(size, count)];
    Arrays.setAll(chosen, i -> (int) ((long) i * size / chosen.length));
    return chosen;
  }
}

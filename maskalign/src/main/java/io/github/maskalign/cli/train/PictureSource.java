package io.github.maskalign.cli.train;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Data sets by the words of the command line.
 *
 * @since 0.1.0
 */
public final class PictureSource {

  private PictureSource() {}

  /**
   * Opens a set.
   *
   * @param option that names it, for messages
   * @throws IllegalArgumentException if there is none
   */
  public static Dataset open(String option, @Nullable String word) {
    if (word == null) {
      throw new IllegalArgumentException(option + ": name the pictures");
    }
    return DataSets.named(word);
  }

  /** Opens a set whose labels are needed. */
  public static Dataset labeled(String option, @Nullable String word) {
    Dataset pictures = open(option, word);
    if (!pictures.hasLabels()) {
      throw new IllegalArgumentException(option + ": " + word + " has no labels, which are needed");
    }
    return pictures;
  }

  /** At most so many pictures, spread evenly. */
  public static Dataset atMost(Dataset pictures, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at most " + count + " pictures: use 1 or more");
    }
    return pictures.size() <= count ? pictures : pictures.select(spread(pictures.size(), count));
  }

  /** At most so many of the samples 0 to size - 1, spread evenly. */
  public static int[] spread(int size, int count) {
    int[] chosen = new int[Math.min(size, count)];
    Arrays.setAll(chosen, i -> (int) ((long) i * size / chosen.length));
    return chosen;
  }
}

package io.github.maskalign.cli.visualize;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image argument: a file, or {@code DATA:INDEX} for an image of a data set.
 *
 * @param name for captions
 * @param sample its index in the data set, 0 for a file
 * @param picture the pixels
 */
record ImageArgument(String name, long sample, Picture picture) {

  private static final Pattern OF_SET = Pattern.compile("(.+):(\\d{1,9})");

  /**
   * Reads the image.
   *
   * @throws ArgumentException if it does not exist
   */
  static ImageArgument open(String word) {
    Matcher parts = OF_SET.matcher(word);
    Path file = Path.of(word);
    if (Files.exists(file) || !parts.matches()) {
      if (Files.isDirectory(file)) {
        throw new ArgumentException(
            word + " is a folder; for one of its images, append the index, such as " + word + ":0");
      }
      String name = file.getFileName().toString();
      return new ImageArgument(name, 0, PictureDecoder.open().decode(file));
    }
    Dataset set = DataSets.named(parts.group(1));
    int number = Integer.parseInt(parts.group(2));
    if (number >= set.size()) {
      throw new ArgumentException(
          "%s: index out of range, the images of %s are numbered 0 to %d"
              .formatted(word, parts.group(1), set.size() - 1));
    }
    return new ImageArgument(word, number, set.picture(number));
  }
}

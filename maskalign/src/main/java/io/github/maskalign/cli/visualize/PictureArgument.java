package io.github.maskalign.cli.visualize;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A picture by a word of the command line: a file, or {@code SET:NUMBER}, one of a data set.
 *
 * @param name for captions
 * @param sample its number in its set, 0 for a file
 * @param picture its pixels
 */
record PictureArgument(String name, long sample, Picture picture) {

  private static final Pattern OF_SET = Pattern.compile("(.+):(\\d{1,9})");

  /**
   * Reads the picture.
   *
   * @throws IllegalArgumentException if there is none
   */
  static PictureArgument open(String word) {
    Matcher parts = OF_SET.matcher(word);
    Path file = Path.of(word);
    if (Files.exists(file) || !parts.matches()) {
      if (Files.isDirectory(file)) {
        throw new IllegalArgumentException(
            word + " is a folder; give a picture, or one of the set by its number: " + word + ":0");
      }
      String name = file.getFileName().toString();
      return new PictureArgument(name, 0, PictureDecoder.open().decode(file));
    }
    Dataset set = DataSets.named(parts.group(1));
    int number = Integer.parseInt(parts.group(2));
    if (number >= set.size()) {
      throw new IllegalArgumentException(
          "%s: the pictures of %s count from 0 to %d"
              .formatted(word, parts.group(1), set.size() - 1));
    }
    return new PictureArgument(word, number, set.picture(number));
  }
}

package io.github.maskalign.align.program;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Weight files by the words of the command line. */
final class WeightFile {

  private static final List<String> NAMES = List.of("model.safetensors", "student.safetensors");

  private WeightFile() {}

  /**
   * The file itself, or the one in a run's folder.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Path in(Path place) {
    if (!Files.isDirectory(place)) {
      if (!Files.exists(place)) {
        throw new IllegalArgumentException("no such weight file: " + place);
      }
      return place;
    }
    for (String name : NAMES) {
      if (Files.exists(place.resolve(name))) {
        return place.resolve(name);
      }
    }
    throw new IllegalArgumentException(
        place + " holds neither of " + NAMES + "; has the run come to its end?");
  }
}

package io.github.maskalign.train.checkpoint;

import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A whole checkpoint on disk.
 *
 * @param step after which it was taken
 * @param folder holds its files
 * @since 0.1.0
 */
public record Checkpoint(long step, Path folder) {

  /** Lists the other files and their sizes; written last. */
  static final String DONE = "DONE";

  /** The content of {@link #DONE}. */
  record Manifest(Map<String, Long> files) {}

  /** Where a file of the checkpoint is. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * Reads a file that {@link CheckpointWriter#json} wrote.
   *
   * @param type a record, public in a package that its module exports
   * @throws FormatException if the file does not hold all of it, or more
   */
  public <T> T json(String name, Class<T> type) {
    return Json.read(file(name), type);
  }

  /** Whether all files are there as they were when the checkpoint was taken. */
  boolean isWhole() {
    try {
      if (!Files.exists(file(DONE))) {
        return false;
      }
      for (Map.Entry<String, Long> entry : Json.read(file(DONE), Manifest.class).files.entrySet()) {
        if (Files.size(file(entry.getKey())) != entry.getValue()) {
          return false;
        }
      }
      return true;
    } catch (IOException | FormatException e) {
      return false;
    }
  }
}

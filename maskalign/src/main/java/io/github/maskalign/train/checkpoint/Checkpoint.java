package io.github.maskalign.train.checkpoint;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A checkpoint on disk.
 *
 * @param step after which it was taken
 * @param folder its folder
 * @since 0.1.0
 */
public record Checkpoint(long step, Path folder) {

  /** Key of the step in the metadata of a checkpoint's safetensors files. */
  static final String STEP = "step";

  /** Path of a file of the checkpoint. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * Reads a file that {@link CheckpointWriter#json} wrote.
   *
   * @param type a record, public in a package that its module exports
   * @throws FormatException if a component is missing, unknown or of another type
   */
  public <T> T json(String name, Class<T> type) {
    return JsonFiles.read(file(name), type, JsonKind.RUN);
  }

  /**
   * Checks that this is a complete checkpoint, that none of its files has changed since it was
   * written, and that they are of the same step.
   *
   * @throws FormatException naming the file that is missing or differs
   */
  public void verify() {
    try {
      Manifest manifest = Manifest.read(folder);
      if (manifest.step() != null && manifest.step() != step) {
        throw new FormatException(
            "%s is of step %d".formatted(folder.resolve(Manifest.FILE), manifest.step()));
      }
      manifest.requireFiles(folder, true);
    } catch (IOException e) {
      throw new FormatException(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Whether its files have checksums and name their step. Checkpoints of earlier versions do not,
   * and only their sizes are checked.
   */
  public boolean isSealed() {
    return Manifest.read(folder).isSealed();
  }

  /** Metadata of the safetensors files of a checkpoint, which name its step. */
  public static Map<String, String> metadata(long step) {
    return Map.of(STEP, Long.toString(step));
  }

  /**
   * Checks that a safetensors file is of this checkpoint.
   *
   * @param metadata of the file
   * @throws FormatException if it is of another step
   */
  public void requireStep(String name, Map<String, String> metadata) {
    String found = metadata.get(STEP);
    if (isSealed() && !Long.toString(step).equals(found)) {
      throw new FormatException("%s is of step %s".formatted(file(name), found));
    }
  }

  /** Whether all files are present with their recorded sizes. */
  boolean isWhole() {
    try {
      if (!Files.exists(file(Manifest.FILE))) {
        return false;
      }
      Manifest.read(folder).requireFiles(folder, false);
      return true;
    } catch (IOException | UncheckedIOException | FormatException e) {
      return false;
    }
  }
}

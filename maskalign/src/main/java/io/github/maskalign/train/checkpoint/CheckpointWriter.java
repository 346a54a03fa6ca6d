package io.github.maskalign.train.checkpoint;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes the files of a checkpoint; it is complete only once {@link CheckpointStore#save} has
 * returned.
 *
 * @since 0.1.0
 */
public final class CheckpointWriter {

  private final Disk disk;
  private final Path folder;
  private final long step;
  private final Map<String, Manifest.Content> files = new LinkedHashMap<>();

  CheckpointWriter(Disk disk, Path folder, long step) {
    this.disk = disk;
    this.step = step;
    this.folder = folder;
  }

  /** Writes one file. */
  @FunctionalInterface
  public interface FileContent {

    /** Creates the file at this place. */
    void writeTo(Path target) throws IOException;
  }

  /**
   * Adds a file, for instance {@code writer.file("student.safetensors", weights::write)}.
   *
   * @throws ArgumentException if the name is taken or is not a plain file name
   * @throws IOException if it cannot be written
   */
  public void file(String name, FileContent content) throws IOException {
    Path target = target(name);
    content.writeTo(target);
    finish(name, target);
  }

  /**
   * Adds a record as JSON.
   *
   * @throws ArgumentException if the name is taken or is not a plain file name
   * @throws IOException if it cannot be written
   */
  public void json(String name, Object value) throws IOException {
    Path target = target(name);
    disk.write(target, JsonWriter.bytes(value));
    finish(name, target);
  }

  private Path target(String name) {
    if (!Manifest.isPlainName(name) || name.equals(Manifest.FILE) || files.containsKey(name)) {
      throw new ArgumentException(
          "checkpoint file '" + name + "': must be a plain file name that is not in use");
    }
    return folder.resolve(name);
  }

  private void finish(String name, Path target) throws IOException {
    disk.forceFile(target);
    files.put(name, Manifest.Content.of(target));
  }

  /** Marks the checkpoint as complete. */
  void done() throws IOException {
    Path marker = folder.resolve(Manifest.FILE);
    disk.write(marker, new Manifest(step, files).bytes());
    disk.forceFile(marker);
    disk.forceFolder(folder);
  }
}

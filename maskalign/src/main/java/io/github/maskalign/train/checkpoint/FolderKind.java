package io.github.maskalign.train.checkpoint;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.tensor.io.WriterLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a folder is for, shown by a marker file in it, which its only writer has locked.
 *
 * @since 0.1.0
 */
public enum FolderKind {
  /** One run. */
  RUN(".maskalign-run", "a run"),
  /** A comparison, whose runs have folders of their own in it. */
  COMPARISON(".maskalign-compare", "a comparison");

  private final String marker;
  private final String description;

  FolderKind(String marker, String description) {
    this.marker = marker;
    this.description = description;
  }

  /** Whether a folder has the marker. */
  public boolean marks(Path folder) {
    return Files.exists(folder.resolve(marker));
  }

  /** Adds the marker if the folder has none. */
  public void mark(Path folder) throws IOException {
    if (marks(folder)) {
      return; // closing a file releases the lock that this process may have on it
    }
    Files.writeString(
        folder.resolve(marker), "Folder of " + description + " of maskalign; it may write here.\n");
  }

  /**
   * Becomes the only writer of a folder until the lock is closed or the process ends.
   *
   * @throws StateException if another process writes to it, naming process and host
   * @throws UncheckedIOException if it cannot be locked
   */
  public WriterLock lock(Path folder) {
    try {
      return WriterLock.acquire(
          folder.resolve(marker), folder.toString(), "choose another folder with --out");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether somebody writes to a folder. */
  public boolean isLocked(Path folder) {
    try {
      return WriterLock.isHeld(folder.resolve(marker));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot find out whether " + folder + " is in use", e);
    }
  }

  /**
   * Refuses a folder of another kind than this.
   *
   * @throws StateException if somebody writes to it, naming process and host
   * @throws ArgumentException otherwise
   */
  public void requireNoOther(Path folder) {
    for (FolderKind other : values()) {
      if (other != this && other.marks(folder)) {
        other.lock(folder).close();
        throw new ArgumentException(
            "%s is the folder of %s; choose an empty or new one"
                .formatted(folder, other.description));
      }
    }
  }
}

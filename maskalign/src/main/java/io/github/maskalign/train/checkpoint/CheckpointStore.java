package io.github.maskalign.train.checkpoint;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Saves, finds and prunes the checkpoints of a run, each a folder {@code step-N} of several files.
 * If writing one fails (exception, full disk, crash, power loss), the newest one saved before can
 * still be loaded.
 *
 * <p>{@link #save} writes a checkpoint to a temporary folder, file by file through a {@link
 * CheckpointWriter}, forces each file to disk, writes the list of files last, and renames the
 * folder. Only one process may write to a folder at a time, see {@link RunFolder#lock}.
 *
 * <pre>{@code
 * checkpoints.save(step, writer -> {
 *   writer.file("student.safetensors", weights::write);
 *   writer.json("state.json", new State(step, seed));
 * });
 * }</pre>
 *
 * @since 0.1.0
 */
public final class CheckpointStore {

  private static final Pattern NAME = Pattern.compile("step-(\\d{1,18})(\\.old)?");
  private static final String REPLACED = ".old";
  private static final String REJECTED = ".rejected";
  private static final Pattern SET_ASIDE = Pattern.compile(NAME.pattern() + "\\.rejected");
  private static final Pattern DRAFT = Pattern.compile("\\.step-\\d+\\.draft");

  private final Path folder;
  private final int keep;
  private final Disk disk;

  /** Writes the files of a checkpoint. */
  @FunctionalInterface
  public interface Content {

    /** Writes all files of a checkpoint. */
    void writeTo(CheckpointWriter writer) throws IOException;
  }

  /**
   * The checkpoints in a folder, which the first save creates.
   *
   * @param keep number of the newest checkpoints to keep, at least 1
   */
  public CheckpointStore(Path folder, int keep) {
    this(folder, keep, new Disk());
  }

  CheckpointStore(Path folder, int keep, Disk disk) {
    if (keep < 1) {
      throw new ArgumentException("keeping " + keep + " checkpoints; keep at least 1");
    }
    this.folder = folder;
    this.keep = keep;
    this.disk = disk;
  }

  /**
   * The newest checkpoint whose files are complete and unchanged.
   *
   * @throws UncheckedIOException if the folder cannot be read
   */
  public Optional<Checkpoint> latest() {
    return all().stream().filter(CheckpointStore::isVerified).findFirst();
  }

  private static boolean isVerified(Checkpoint checkpoint) {
    try {
      checkpoint.verify();
      return true;
    } catch (FormatException | UncheckedIOException e) {
      return false;
    }
  }

  /**
   * All checkpoints, newest first; {@link Checkpoint#verify} tells which are complete and
   * unchanged.
   *
   * @throws UncheckedIOException if the folder cannot be read
   */
  public List<Checkpoint> all() {
    try {
      return found();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look for checkpoints in " + folder, e);
    }
  }

  /**
   * Saves a checkpoint, replacing one of the same step, and removes all but the {@code keep}
   * newest.
   *
   * @return the saved checkpoint
   * @throws UncheckedIOException if it cannot be written; earlier ones remain intact
   */
  public Checkpoint save(long step, Content content) {
    if (step < 0) {
      throw new ArgumentException("checkpoint of step " + step);
    }
    Checkpoint saved = new Checkpoint(step, folder.resolve("step-" + step));
    try {
      disk.createFolder(folder);
      sweep();
      Path draft = folder.resolve(".step-" + step + ".draft");
      try {
        write(draft, step, content);
        if (Files.exists(saved.folder())) {
          disk.move(saved.folder(), folder.resolve("step-" + step + REPLACED));
        }
        disk.move(draft, saved.folder());
      } catch (IOException | RuntimeException | Error e) {
        discard(draft, e);
        throw e;
      }
      disk.forceFolder(folder);
      prune(step);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot save the checkpoint " + saved.folder(), e);
    }
    return saved;
  }

  /**
   * Renames checkpoints that cannot be used, so that they neither are found again nor count among
   * those to keep. Those that were renamed before are deleted.
   *
   * @throws UncheckedIOException if that fails
   */
  public void setAside(List<Checkpoint> rejected) {
    if (rejected.isEmpty()) {
      return;
    }
    try {
      for (Path earlier : content()) {
        if (SET_ASIDE.matcher(earlier.getFileName().toString()).matches()) {
          deleteFolder(earlier);
        }
      }
      for (Checkpoint checkpoint : rejected) {
        disk.move(
            checkpoint.folder(), folder.resolve(checkpoint.folder().getFileName() + REJECTED));
      }
      disk.forceFolder(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot rename damaged checkpoints in " + folder, e);
    }
  }

  private void write(Path draft, long step, Content content) throws IOException {
    disk.createFolder(draft);
    CheckpointWriter files = new CheckpointWriter(disk, draft, step);
    content.writeTo(files);
    files.done();
  }

  private void discard(Path draft, Throwable cause) {
    try {
      if (Files.exists(draft)) {
        deleteFolder(draft);
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Removes what an interrupted process left unfinished. */
  private void sweep() throws IOException {
    for (Path path : content()) {
      if (DRAFT.matcher(path.getFileName().toString()).matches()) {
        deleteFolder(path);
      }
    }
    for (Checkpoint checkpoint : found()) {
      if (!Files.exists(checkpoint.file(Manifest.FILE))) {
        deleteFolder(checkpoint.folder());
      }
    }
    removeReplaced();
  }

  /** Removes checkpoints that a newer one of the same step has replaced. */
  private void removeReplaced() throws IOException {
    for (Checkpoint checkpoint : found()) {
      Checkpoint newer =
          new Checkpoint(checkpoint.step(), folder.resolve("step-" + checkpoint.step()));
      if (!checkpoint.equals(newer) && newer.isWhole()) {
        deleteFolder(checkpoint.folder());
      }
    }
  }

  private void prune(long justSaved) throws IOException {
    removeReplaced();
    int whole = 0;
    for (Checkpoint checkpoint : found()) {
      if (checkpoint.isWhole() && ++whole > keep && checkpoint.step() != justSaved) {
        deleteFolder(checkpoint.folder());
      }
    }
  }

  /**
   * Deletes the marker first, so that an interrupted deletion does not leave a complete checkpoint.
   */
  private void deleteFolder(Path path) throws IOException {
    Path marker = path.resolve(Manifest.FILE);
    if (Files.isRegularFile(marker)) {
      disk.delete(marker);
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        disk.delete(file);
      }
    }
  }

  /** All folders named like a checkpoint, newest first, a replaced one after its replacement. */
  private List<Checkpoint> found() throws IOException {
    List<Checkpoint> found = new ArrayList<>();
    for (Path path : content()) {
      Matcher name = NAME.matcher(path.getFileName().toString());
      if (name.matches() && Files.isDirectory(path)) {
        found.add(new Checkpoint(Long.parseLong(name.group(1)), path));
      }
    }
    found.sort(
        Comparator.comparingLong((Checkpoint c) -> -c.step())
            .thenComparingInt(c -> c.folder().toString().length()));
    return found;
  }

  private List<Path> content() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.toList();
    }
  }
}

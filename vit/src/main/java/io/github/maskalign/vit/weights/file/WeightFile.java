package io.github.maskalign.vit.weights.file;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.safetensors.SafeDType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open file of weights; see {@link WeightFiles}.
 *
 * @since 0.1.0
 */
public final class WeightFile implements WeightSource, AutoCloseable {

  private final String format;
  private final List<Path> files;
  private final Map<String, String> metadata;
  private final WeightSource source;
  private final List<AutoCloseable> open;
  private final @Nullable String checkpoint;
  private final List<String> notes;

  WeightFile(
      String format,
      List<Path> files,
      Map<String, String> metadata,
      WeightSource source,
      List<AutoCloseable> open) {
    this(format, files, metadata, source, open, null, List.of());
  }

  private WeightFile(
      String format,
      List<Path> files,
      Map<String, String> metadata,
      WeightSource source,
      List<AutoCloseable> open,
      @Nullable String checkpoint,
      List<String> notes) {
    this.checkpoint = checkpoint;
    this.notes = List.copyOf(notes);
    this.format = format;
    this.files = List.copyOf(files);
    this.metadata = Map.copyOf(metadata);
    this.source = source;
    this.open = List.copyOf(open);
  }

  /** The same file as one of a run that has not ended. */
  WeightFile ofCheckpoint(String description) {
    return new WeightFile(format, files, metadata, source, open, description, notes);
  }

  /** The same file with notes on how it was found. */
  WeightFile withNotes(List<String> lines) {
    return new WeightFile(format, files, metadata, source, open, checkpoint, lines);
  }

  /** What was passed over when it was looked for in a folder, a line each. */
  public List<String> notes() {
    return notes;
  }

  /**
   * Where the weights are, for messages: what the user named, or the checkpoint that was found
   * there.
   *
   * @param named by the user
   */
  public String location(Path named) {
    return checkpoint == null
        ? named.toString()
        : "%s (%s)".formatted(files.getFirst(), checkpoint);
  }

  /** The file format, for messages. */
  public String format() {
    return format;
  }

  /** The files with the tensors. */
  public List<Path> files() {
    return files;
  }

  /** The metadata of the file; empty if there is none. */
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public String description() {
    return source.description();
  }

  @Override
  public Set<String> names() {
    return source.names();
  }

  @Override
  public Shape shape(String name) {
    return source.shape(name);
  }

  @Override
  public SafeDType dtype(String name) {
    return source.dtype(name);
  }

  @Override
  public Optional<MemorySegment> view(String name) {
    return source.view(name);
  }

  @Override
  public Tensor read(Eager ops, String name) {
    return source.read(ops, name);
  }

  @Override
  public void close() {
    WeightFiles.closeAll(open);
  }

  @Override
  public String toString() {
    return "WeightFile[" + description() + ", " + format + "]";
  }
}

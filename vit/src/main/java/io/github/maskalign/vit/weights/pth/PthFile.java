package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.MappedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;

/**
 * A file of {@code torch.save}, mapped read-only into memory: a zip archive with a pickle, or the
 * legacy sequence of pickles. Nothing in the file is executed, and tensor bytes are read on demand.
 * Thread-safe; the file must not change while it is open.
 *
 * @see <a href="https://pytorch.org/docs/stable/notes/serialization.html">Serialization
 *     semantics</a>
 * @since 0.1.0
 */
public final class PthFile implements AutoCloseable {

  private final Path path;
  private final MappedFile file;
  private final long fileBytes;
  private final Content content;
  private final Map<String, PthTensor> tensors;

  /**
   * The content of a file.
   *
   * @param storages bytes of each storage by its key
   */
  record Content(PyValue root, Map<String, MemorySegment> storages) {}

  private PthFile(Path path, MappedFile file) {
    MemorySegment mapping = file.segment();
    this.path = path;
    this.file = file;
    this.fileBytes = mapping.byteSize();
    this.content =
        ZipDirectory.begins(mapping)
            ? ZipFormat.read(path.toString(), mapping)
            : LegacyFormat.read(path.toString(), mapping);
    this.tensors = TensorNames.of(path.toString(), content.root(), fileBytes);
    tensors.forEach(this::check);
  }

  /**
   * Maps a file and reads everything but the tensors' bytes.
   *
   * @throws FormatException if it is damaged, or contains more than tensors and plain data
   * @throws UncheckedIOException if it is missing or cannot be read
   */
  public static PthFile open(Path path) {
    try {
      MappedFile file = MappedFile.open(path);
      try {
        return MappedFile.reading(() -> new PthFile(path, file));
      } catch (RuntimeException | Error e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  /** Whether bytes start like a file of torch.save. */
  public static boolean begins(MemorySegment bytes) {
    return ZipDirectory.begins(bytes) || LegacyFormat.begins(bytes);
  }

  /** The path of the file. */
  public Path path() {
    return path;
  }

  /** The saved object. */
  public PyValue root() {
    return content.root();
  }

  /** The tensors by the keys that lead to them, joined by dots, in the order of the file. */
  public Map<String, PthTensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * The elements of a tensor, row-major and little-endian: a view of the file if they are
   * contiguous, else a copy.
   *
   * @param copies owns a copy
   * @throws FormatException if there is no tensor of this name
   * @throws ClosedException if this file is closed
   */
  public MemorySegment segment(String name, Arena copies) {
    PthTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new FormatException(path + ": no tensor '" + name + "' among " + tensors.size());
    }
    if (!file.isOpen()) {
      throw new ClosedException(path + " is closed; read tensor '" + name + "' before closing it");
    }
    file.requireWhole();
    MemorySegment storage = storage(name, tensor);
    int width = tensor.dtype().bytes();
    long bytes = tensor.elements() * width;
    if (bytes == 0) {
      return storage.asSlice(0, 0);
    }
    if (tensor.isContiguous()) {
      return storage.asSlice(tensor.offset() * width, bytes);
    }
    MemorySegment copy = copies.allocate(bytes, Long.BYTES);
    return MappedFile.reading(
        () -> {
          tensor.copy(storage, copy);
          return copy;
        });
  }

  private MemorySegment storage(String name, PthTensor tensor) {
    MemorySegment storage = content.storages().get(tensor.storage().key());
    if (storage == null || storage.byteSize() < tensor.storage().bytes()) {
      throw new FormatException(
          "%s: tensor '%s' needs %d bytes of storage '%s', the file has %s"
              .formatted(
                  path,
                  name,
                  tensor.storage().bytes(),
                  tensor.storage().key(),
                  storage == null ? "none" : storage.byteSize()));
    }
    return storage;
  }

  /** Strides of 0 let a few bytes stand for a huge tensor; weights do not need them. */
  private void check(String name, PthTensor tensor) {
    storage(name, tensor);
    long limit = fileBytes + TensorNames.SLACK;
    if (tensor.elements() > limit / tensor.dtype().bytes()) {
      throw new FormatException(
          "%s: tensor '%s' of shape %s exceeds the file of %d bytes"
              .formatted(path, name, tensor.dims(), fileBytes));
    }
  }

  /** Unmaps the file; closing again has no effect. */
  @Override
  public void close() {
    file.close();
  }

  @Override
  public String toString() {
    return "PthFile[" + path + ", " + tensors.size() + " tensors]";
  }
}

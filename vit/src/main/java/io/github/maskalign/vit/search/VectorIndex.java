package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * query [D] -> the nearest of N named vectors [N, D], by cosine similarity. The file, written by
 * {@link VectorIndexWriter}, is mapped into memory: opening takes no time, and processes share one
 * copy. The search is exact: it scans all vectors, on all cores.
 *
 * <pre>{@code
 * try (VectorIndex index = VectorIndex.open(Path.of("pictures.index"), digest)) {
 *   for (Match match : index.search(embedder.embed(picture), 10)) {
 *     System.out.println(match.score() + " " + match.name());
 *   }
 * }
 * }</pre>
 *
 * <p>Thread-safe, including virtual threads. The file must not change until {@link #close}: to
 * replace it, finish another writer of the same name and open the new file.
 *
 * @since 0.1.0
 */
public final class VectorIndex implements AutoCloseable {

  /**
   * A search result.
   *
   * @param row of the index, counted from 0
   * @param name of the vector, usually that of an image
   * @param score cosine similarity to the query, from -1 to 1
   * @since 0.1.0
   */
  public record Match(int row, String name, float score) {}

  /** Fixed, so that the result does not depend on the number of threads. */
  private static final int CHUNK_ROWS = 2048;

  private final String name;
  private final IndexHeader head;
  private final MemorySegment file;
  private final Arena arena;

  /** Searches take the read lock; closing takes the write lock and waits for them. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private VectorIndex(String name, IndexHeader head, MemorySegment file, Arena arena) {
    this.name = name;
    this.head = head;
    this.file = file;
    this.arena = arena;
  }

  /**
   * Opens an index without checking its model.
   *
   * @throws UncheckedIOException if the file cannot be read
   * @throws FormatException if it is not an index, or is truncated or damaged
   */
  public static VectorIndex open(Path path) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment file =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena).asReadOnly();
      IndexHeader head = IndexHeader.read(file, path.toString());
      requireNames(file, head, path);
      return new VectorIndex(path.toString(), head, file, arena);
    } catch (IOException e) {
      arena.close();
      throw new UncheckedIOException("cannot read the vector index " + path, e);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Opens an index and checks that it was created with a model.
   *
   * @param model {@link ModelDigest#of} the model of the queries
   * @throws UncheckedIOException if the file cannot be read
   * @throws FormatException if it is not an index, is damaged, or was created with another model
   */
  public static VectorIndex open(Path path, String model) {
    VectorIndex index = open(path);
    if (!index.model().equals(model)) {
      index.close();
      throw new FormatException(
          ("%s was created with another model (%.12s..., this is %.12s...); use that model or"
                  + " create the index again")
              .formatted(path, index.model(), model));
    }
    return index;
  }

  private static void requireNames(MemorySegment file, IndexHeader head, Path path) {
    long before = 0;
    for (long row = 0; row < head.count(); row++) {
      long end = file.get(IndexHeader.LONG, head.nameEndAt(row));
      if (end < before || end > head.nameBytes() || end - before > IndexHeader.MAX_NAME_BYTES) {
        throw damaged(path, row);
      }
      before = end;
    }
    if (before != head.nameBytes()) {
      throw damaged(path, head.count());
    }
  }

  private static FormatException damaged(Path path, long row) {
    return new FormatException(
        path + ": the name of vector " + row + " is damaged; create the index again");
  }

  /** Number of vectors, N. */
  public int size() {
    return (int) head.count();
  }

  /** Length of a vector, D. */
  public int width() {
    return head.width();
  }

  /** The digest of the model of the vectors. */
  public String model() {
    return head.modelDigest();
  }

  /**
   * The name of a vector.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   * @throws ClosedException after {@link #close}
   */
  public String name(int row) {
    Objects.checkIndex(row, size());
    return whileOpen(() -> readName(row));
  }

  private String readName(int row) {
    long start = row == 0 ? 0 : file.get(IndexHeader.LONG, head.nameEndAt(row - 1));
    long end = file.get(IndexHeader.LONG, head.nameEndAt(row));
    byte[] bytes = file.asSlice(head.namesAt() + start, end - start).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * A vector [D], at unit length.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   * @throws ClosedException after {@link #close}
   */
  public float[] vector(int row) {
    Objects.checkIndex(row, size());
    return whileOpen(
        () -> {
          float[] vector = new float[width()];
          read(row, vector);
          return vector;
        });
  }

  private void read(int row, float[] vector) {
    MemorySegment.copy(file, IndexHeader.FLOAT, head.vectorAt(row), vector, 0, vector.length);
  }

  /**
   * query [D] -> the vectors with the highest cosine similarity, in descending order; of equal
   * ones, the first rows. The same bits for any number of threads.
   *
   * @param query of any finite length; for zero, all cosines are 0
   * @param max maximum number of results
   * @throws io.github.maskalign.tensor.error.ShapeException if it does not have the width of this
   *     index
   * @throws ArgumentException if it contains infinity or NaN, or max is not positive
   * @throws ClosedException after {@link #close}
   */
  public List<Match> search(float[] query, int max) {
    if (max < 1) {
      throw new ArgumentException(
          "vector index: the number of matches must be 1 or more, got " + max);
    }
    float[] unit = UnitVectors.of(query, width());
    return whileOpen(
        () ->
            best(unit, max).best().stream()
                .map(row -> new Match(row.index(), readName(row.index()), (float) row.score()))
                .toList());
  }

  private TopK best(float[] query, int max) {
    return IntStream.range(0, Math.ceilDiv(size(), CHUNK_ROWS))
        .parallel()
        .mapToObj(chunk -> best(query, max, chunk * CHUNK_ROWS))
        .reduce(TopK::merge)
        .orElseGet(() -> new TopK(max));
  }

  private TopK best(float[] query, int max, int from) {
    TopK best = new TopK(max);
    float[] vector = new float[query.length];
    int to = Math.min(size() - from, CHUNK_ROWS) + from;
    for (int row = from; row < to; row++) {
      read(row, vector);
      best.offer(row, UnitVectors.dot(query, vector));
    }
    return best;
  }

  private <T> T whileOpen(Supplier<T> reading) {
    use.readLock().lock();
    try {
      if (!arena.scope().isAlive()) {
        throw new ClosedException("vector index " + name + ": used after close");
      }
      return reading.get();
    } finally {
      use.readLock().unlock();
    }
  }

  /** Waits for running searches, then unmaps the file; closing again has no effect. */
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (arena.scope().isAlive()) {
        arena.close();
      }
    } finally {
      use.writeLock().unlock();
    }
  }
}

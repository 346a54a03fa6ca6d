package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AbsentContent;
import io.github.maskalign.tensor.io.MappedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * query [D] -> the nearest of N named vectors [N, D], by cosine similarity. The file, written by
 * {@link VectorIndexWriter}, is mapped into memory: opening takes no time, and processes share one
 * copy. The search is exact: it scans all vectors, on all cores. Vectors are verified by checksums
 * on their first use.
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
  private static final int CHUNK_ROWS = IndexHeader.BLOCK_ROWS;

  private final MappedFile file;
  private final IndexContent content;
  private final IndexHeader head;

  /** Searches take the read lock; closing takes the write lock and waits for them. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private VectorIndex(MappedFile file, IndexContent content) {
    this.file = file;
    this.content = content;
    this.head = content.head();
  }

  /**
   * Opens an index without checking its model.
   *
   * @throws UncheckedIOException if the file cannot be read
   * @throws FormatException if it is not an index, or its header or names are damaged or truncated
   */
  public static VectorIndex open(Path path) {
    try {
      AbsentContent.refuse(path);
      MappedFile file = MappedFile.open(path);
      try {
        return MappedFile.reading(
            () -> new VectorIndex(file, new IndexContent(path.toString(), file.segment())));
      } catch (RuntimeException | Error e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the vector index " + path, e);
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
    return whileOpen(() -> content.name(row));
  }

  /**
   * Whether damage to the file is detected: not if it was written before indices had checksums. Of
   * such a file, only vectors that have no unit length are refused.
   */
  public boolean hasChecksums() {
    return head.hasChecksums();
  }

  /**
   * A vector [D], at unit length.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   * @throws FormatException if the file is damaged there, or was truncated while it is open
   * @throws ClosedException after {@link #close}
   */
  public float[] vector(int row) {
    Objects.checkIndex(row, size());
    return whileOpen(
        () -> {
          float[] vector = new float[width()];
          content.verify(row);
          content.read(row, vector);
          return vector;
        });
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
   * @throws FormatException if the file is damaged, or was truncated while it is open
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
                .map(row -> new Match(row.index(), content.name(row.index()), (float) row.score()))
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
    content.verify(from);
    for (int row = from; row < to; row++) {
      content.read(row, vector);
      best.offer(row, UnitVectors.dot(query, vector));
    }
    return best;
  }

  private <T> T whileOpen(Supplier<T> reading) {
    use.readLock().lock();
    try {
      if (!file.isOpen()) {
        throw new ClosedException("vector index " + file.path() + ": used after close");
      }
      file.requireWhole();
      return MappedFile.reading(reading);
    } finally {
      use.readLock().unlock();
    }
  }

  /** Waits for running searches, then unmaps the file; closing again has no effect. */
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      file.close();
    } finally {
      use.writeLock().unlock();
    }
  }
}

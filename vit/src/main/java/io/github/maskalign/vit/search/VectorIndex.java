package io.github.maskalign.vit.search;

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
 * query [D] -> the nearest of N named vectors [N, D], by cosine. The vectors lie in a file that
 * {@link VectorIndexWriter} wrote and that is mapped into memory: opening takes no time, and
 * several processes share one copy. The search is exact; it looks at every vector, on all cores.
 *
 * <pre>{@code
 * try (VectorIndex index = VectorIndex.open(Path.of("pictures.index"), digest)) {
 *   for (Match match : index.search(embedder.embed(picture), 10)) {
 *     System.out.println(match.score() + " " + match.name());
 *   }
 * }
 * }</pre>
 *
 * <p>Safe for any number of threads, virtual ones too. The file must stay as it is until {@link
 * #close}: to exchange it, let a writer finish another of the same name, and open that.
 *
 * @since 0.1.0
 */
public final class VectorIndex implements AutoCloseable {

  /** Fixed, so that the result is the same on any number of threads. */
  private static final int CHUNK_ROWS = 2048;

  private final String name;
  private final IndexHead head;
  private final MemorySegment file;
  private final Arena arena;

  /** Searches read; closing writes, and so waits for them. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private VectorIndex(String name, IndexHead head, MemorySegment file, Arena arena) {
    this.name = name;
    this.head = head;
    this.file = file;
    this.arena = arena;
  }

  /**
   * Opens an index of whichever model.
   *
   * @throws UncheckedIOException if the file cannot be read
   * @throws FormatException if it is no index, or is cut off or damaged
   */
  public static VectorIndex open(Path path) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment file =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena).asReadOnly();
      IndexHead head = IndexHead.read(file, path.toString());
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
   * Opens an index that a certain model made.
   *
   * @param model what {@link ModelDigest#of} says of the model that queries come from
   * @throws UncheckedIOException if the file cannot be read
   * @throws FormatException if it is no index, is damaged, or another model's
   */
  public static VectorIndex open(Path path, String model) {
    VectorIndex index = open(path);
    if (!index.model().equals(model)) {
      index.close();
      throw new FormatException(
          "%s was made by another model (%.12s..., this is %.12s...); name that, or index anew"
              .formatted(path, index.model(), model));
    }
    return index;
  }

  private static void requireNames(MemorySegment file, IndexHead head, Path path) {
    long before = 0;
    for (long row = 0; row < head.count(); row++) {
      long end = file.get(IndexHead.LONG, head.nameEndAt(row));
      if (end < before || end > head.nameBytes() || end - before > IndexHead.MAX_NAME_BYTES) {
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
        path + ": the name of vector " + row + " is damaged; make the index anew");
  }

  /** Number of vectors, N. */
  public int size() {
    return (int) head.count();
  }

  /** Length of a vector, D. */
  public int width() {
    return head.width();
  }

  /** The digest of the model that made the vectors. */
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
    long start = row == 0 ? 0 : file.get(IndexHead.LONG, head.nameEndAt(row - 1));
    long end = file.get(IndexHead.LONG, head.nameEndAt(row));
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
    MemorySegment.copy(file, IndexHead.FLOAT, head.vectorAt(row), vector, 0, vector.length);
  }

  /**
   * query [D] -> the vectors of highest cosine, the best first; of equal ones, the first rows. The
   * same bits on any number of threads.
   *
   * @param query of any length but infinite; at length 0, all cosines are 0
   * @param max how many are wanted; fewer if there are no more
   * @throws io.github.maskalign.tensor.error.ShapeException if it is not of this index's width
   * @throws IllegalArgumentException if it holds infinity or not-a-number, or none are wanted
   * @throws ClosedException after {@link #close}
   */
  public List<Match> search(float[] query, int max) {
    if (max < 1) {
      throw new IllegalArgumentException("vector index: " + max + " matches; ask for 1 or more");
    }
    float[] unit = UnitVectors.of(query, width());
    return whileOpen(
        () ->
            best(unit, max).bestFirst().stream()
                .map(best -> new Match(best.row(), readName(best.row()), best.score()))
                .toList());
  }

  private BestRows best(float[] query, int max) {
    return IntStream.range(0, Math.ceilDiv(size(), CHUNK_ROWS))
        .parallel()
        .mapToObj(chunk -> best(query, max, chunk * CHUNK_ROWS))
        .reduce(BestRows::and)
        .orElseGet(() -> new BestRows(max));
  }

  private BestRows best(float[] query, int max, int from) {
    BestRows best = new BestRows(max);
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

  /** Waits for searches, then gives the memory back; closing again does nothing. */
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

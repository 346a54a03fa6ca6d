package io.github.maskalign.teacher.cache;

import io.github.maskalign.NormalizedTargets;
import io.github.maskalign.Targets;
import io.github.maskalign.TeacherId;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.io.WriterLock;
import io.github.maskalign.train.TargetSource;
import io.github.maskalign.train.TeacherTargets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A teacher cache: targets of a limited number of crops of every picture, computed once and read
 * from a file. The importance is stored exactly, so masks equal those of a run without a cache; the
 * levels are stored normalized, for all tokens, rounded to a {@link StoredType}.
 *
 * <pre>{@code
 * try (CachedTargets targets = CachedTargets.open(scope, source, images, augmentation, place)) {
 *   targets.fill(epochs, stop::requested, (made, of) -> {});
 *   new Pretraining(model, parameters, targets, recipe);
 * }
 * }</pre>
 *
 * <p>A file belongs to one key: the teacher's digest, the pictures' digest, transform and seed, the
 * levels, their norm and type, and the backend. Its bytes do not depend on the order or number of
 * threads that computed it, or on interruptions. Every record has a checksum, which is verified
 * before each use. Not safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class CachedTargets implements TargetSource {

  /**
   * Location and format of a cache.
   *
   * @param folder contains one file per key; created if missing
   * @param type of the levels
   */
  public record Place(Path folder, StoredType type) {}

  /** Receives the progress of filling the cache. */
  @FunctionalInterface
  public interface Progress {

    /** Called with the number of crops computed and the number that were missing. */
    void made(long crops, long lacking);
  }

  /**
   * What {@link #fill} did.
   *
   * @param kept crops found in the file
   * @param made crops computed now
   * @param complete whether none is missing now; false after a stop
   */
  public record Filled(long kept, long made, boolean complete) {}

  private final Scope scope;
  private final TeacherTargets source;
  private final Dataset images;
  private final Augmentation augmentation;
  private final RecordFormat format;
  private final CacheFile file;

  private CachedTargets(
      Scope scope,
      TeacherTargets source,
      Dataset images,
      Augmentation augmentation,
      RecordFormat format,
      CacheFile file) {
    this.scope = scope;
    this.source = source;
    this.images = images;
    this.augmentation = augmentation;
    this.format = format;
    this.file = file;
  }

  /**
   * Opens the file of a run, or creates an empty one.
   *
   * @param scope has the teacher's backend
   * @param source computes the targets to store
   * @throws ArgumentException if targets cannot be cached, with the reason
   * @throws io.github.maskalign.tensor.error.FormatException if the file is not one of this key,
   *     naming what differs
   * @throws UncheckedIOException if it cannot be read or created
   */
  public static CachedTargets open(
      Scope scope, TeacherTargets source, Dataset images, Augmentation augmentation, Place place) {
    return open(scope, source, images, augmentation, place, FileChannel::write);
  }

  static CachedTargets open(
      Scope scope,
      TeacherTargets source,
      Dataset images,
      Augmentation augmentation,
      Place place,
      CacheFile.Output output) {
    requireCacheable(source.plan().config());
    RecordFormat format = format(source.plan(), place.type);
    CacheKey key = CacheKey.of(scope.backend(), source, images, augmentation, place.type);
    Path path = place.folder.resolve(key.fileName());
    try {
      CacheFile file = CacheFile.open(path, key, format, output);
      return new CachedTargets(scope, source, images, augmentation, format, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Bytes of the file of a run when all its crops are in it, and how many of them are there now.
   *
   * @param scope has the teacher's backend
   * @param epochs of the run
   * @throws UncheckedIOException if the file cannot be looked at
   */
  public static Size size(
      Scope scope,
      TeacherTargets source,
      Dataset images,
      Augmentation augmentation,
      Place place,
      int epochs) {
    RecordFormat format = format(source.plan(), place.type);
    CacheKey key = CacheKey.of(scope.backend(), source, images, augmentation, place.type);
    Path path = place.folder.resolve(key.fileName());
    double records = (double) images.size() * Math.min(epochs, augmentation.crops());
    try {
      return new Size(
          key.head().length + records * format.bytes(), Files.exists(path) ? Files.size(path) : 0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at " + path, e);
    }
  }

  /**
   * The size of a file.
   *
   * @param whole bytes when it is complete
   * @param present bytes that it has
   */
  public record Size(double whole, long present) {}

  /**
   * Rejects a configuration whose targets cannot be cached.
   *
   * @throws ArgumentException with the reason
   */
  public static void requireCacheable(AlignmentConfig config) {
    if (!config.targetNorm().perToken()) {
      throw new ArgumentException(
          "--teacher-cache: with target norm "
              + config.targetNorm()
              + " a target depends on the other images of its batch, so it cannot be reused for"
              + " another batch; choose another norm, or no cache");
    }
  }

  private static RecordFormat format(AlignmentPlan plan, StoredType type) {
    int patches = plan.teacher().patches();
    return new RecordFormat(
        NormalizedTargets.request(plan).importance() ? patches : 0,
        plan.levels().size(),
        1 + patches,
        plan.teacher().width(),
        type);
  }

  /** The file. */
  public Path path() {
    return file.path();
  }

  /** Bytes of the file. */
  public long size() {
    try {
      return file.size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Computes the missing crops with {@link LoaderOptions#standard} and a stop; see {@link
   * #fill(int, LoaderOptions, Progress)}.
   */
  public Filled fill(int epochs, BooleanSupplier stop, Progress progress) {
    return fill(epochs, LoaderOptions.standard().withStop(stop), progress);
  }

  /**
   * Computes the crops of a number of epochs that are missing or damaged in the file. Crops
   * computed before a stop or an error remain valid.
   *
   * @param loading of the images, whose {@linkplain LoaderOptions#stop stop} ends the filling
   * @throws io.github.maskalign.tensor.error.FormatException if the teacher's output differs from
   *     what the file contains
   * @throws io.github.maskalign.tensor.error.StateException if another run is filling the same file
   * @throws UncheckedIOException if the disk is full
   */
  public Filled fill(int epochs, LoaderOptions loading, Progress progress) {
    int crops = Math.min(epochs, augmentation.crops());
    try (Arena arena = Arena.ofConfined();
        WriterLock _ = file.lock()) {
      RecordWriter writer = new RecordWriter(scope, source, format, CacheFiller.CHUNK, arena);
      CacheFiller filling = new CacheFiller(file, format, writer, images, augmentation, loading);
      return filling.fill(crops, progress);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public TeacherId teacherId() {
    return source.teacherId();
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.github.maskalign.tensor.error.FormatException if a record is missing or damaged
   */
  @Override
  public Targets targets(Ops ops, Batch batch, Tensor pixels) {
    long first = (long) augmentation.crop(batch.epoch()) * images.size();
    List<MemorySegment> records = new ArrayList<>(batch.size());
    for (int sample : batch.samples()) {
      records.add(file.record(first + sample));
    }
    return new CachedBatch(format, records);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

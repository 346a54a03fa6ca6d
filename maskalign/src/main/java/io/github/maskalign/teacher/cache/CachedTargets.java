package io.github.maskalign.teacher.cache;

import io.github.maskalign.Targets;
import io.github.maskalign.TeacherId;
import io.github.maskalign.ViewTargets;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.TargetSource;
import io.github.maskalign.train.TeacherTargets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Targets that a teacher gave once for a limited number of crops of every picture, from a file. The
 * importance is kept as it is, so masks are those of a run that asks the teacher; the levels that
 * count are kept normalized, for all tokens, rounded to a {@link StoredType}.
 *
 * <pre>{@code
 * try (CachedTargets targets = CachedTargets.open(scope, direct, images, augmentation, place)) {
 *   targets.fill(epochs, stop::requested, (made, of) -> {});
 *   new Pretraining(model, parameters, targets, recipe);
 * }
 * }</pre>
 *
 * <p>A file belongs to one key: the teacher's digest, the pictures' digest, transform and seed, the
 * levels, their norm and type, and the backend. It holds the same bytes whatever order or number of
 * threads made it, and whenever making was cut off. Every record has a checksum, which is looked at
 * before every use. One thread uses this object.
 *
 * @since 0.1.0
 */
public final class CachedTargets implements TargetSource {

  /**
   * Where and how features are kept.
   *
   * @param folder holds a file for each key; created if need be
   * @param type of the levels
   */
  public record Place(Path folder, StoredType type) {}

  /** Is told how far filling is. */
  @FunctionalInterface
  public interface Progress {

    /** So many crops were made, of so many that the file lacked. */
    void made(long crops, long lacking);
  }

  /**
   * What {@link #fill} did.
   *
   * @param kept crops that were there
   * @param made crops that the teacher looked at now
   * @param complete whether all are there now; not after a stop
   */
  public record Filled(long kept, long made, boolean complete) {}

  private final Scope scope;
  private final TeacherTargets direct;
  private final Dataset images;
  private final Augmentation augmentation;
  private final RecordFormat format;
  private final CacheFile file;

  private CachedTargets(
      Scope scope,
      TeacherTargets direct,
      Dataset images,
      Augmentation augmentation,
      RecordFormat format,
      CacheFile file) {
    this.scope = scope;
    this.direct = direct;
    this.images = images;
    this.augmentation = augmentation;
    this.format = format;
    this.file = file;
  }

  /**
   * Opens the file of a run, or creates an empty one.
   *
   * @param scope has the teacher's backend
   * @param direct what is kept is what it gives
   * @throws IllegalArgumentException if targets cannot be kept, with the reason
   * @throws io.github.maskalign.tensor.error.FormatException if the file is not one of this key,
   *     naming what differs
   * @throws UncheckedIOException if it cannot be read or created
   */
  public static CachedTargets open(
      Scope scope, TeacherTargets direct, Dataset images, Augmentation augmentation, Place place) {
    return open(scope, direct, images, augmentation, place, FileChannel::write);
  }

  static CachedTargets open(
      Scope scope,
      TeacherTargets direct,
      Dataset images,
      Augmentation augmentation,
      Place place,
      CacheFile.Output output) {
    requireCacheable(direct.plan().config());
    RecordFormat format = format(direct.plan(), place.type);
    String backend = scope.backend().name();
    CacheKey key = CacheKey.of(backend, direct, images, augmentation, place.type);
    Path path = place.folder.resolve(key.fileName());
    try {
      CacheFile file = CacheFile.open(path, key, format, output);
      return new CachedTargets(scope, direct, images, augmentation, format, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Refuses choices whose targets cannot be kept.
   *
   * @throws IllegalArgumentException with the reason
   */
  public static void requireCacheable(AlignmentConfig config) {
    if (!config.targetNorm().perToken()) {
      throw new IllegalArgumentException(
          "teacher cache: with target norm "
              + config.targetNorm()
              + " a target depends on the other pictures of its batch, so it cannot be kept for"
              + " another batch; choose another norm, or no cache");
    }
  }

  private static RecordFormat format(AlignmentPlan plan, StoredType type) {
    int patches = plan.teacher().patches();
    return new RecordFormat(
        ViewTargets.request(plan).importance() ? patches : 0,
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
   * Has the teacher look at all crops that so many epochs will show and that are missing or damaged
   * in the file. What is made is kept if a stop is asked for or an error ends it.
   *
   * @throws io.github.maskalign.tensor.error.FormatException if the teacher does not say again what
   *     is kept of it
   * @throws UncheckedIOException if the disk is full, or another run is filling the same file
   */
  public Filled fill(int epochs, BooleanSupplier stop, Progress progress) {
    int crops = Math.min(epochs, augmentation.crops());
    try (Arena arena = Arena.ofConfined();
        FileLock _ = file.lock()) {
      RecordMaker maker = new RecordMaker(scope, direct, format, CacheFilling.CHUNK, arena);
      CacheFilling filling = new CacheFilling(file, format, maker, images, augmentation);
      return filling.fill(crops, stop, progress);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public TeacherId teacherId() {
    return direct.teacherId();
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

package io.github.maskalign.teacher.cache;

import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.StoppedException;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * Computes the missing records of a cache file in chunks of consecutive pictures of one crop. A
 * chunk is always computed as a whole, so a record depends neither on what the file contained
 * before nor on the order in which training reads pictures.
 */
final class CacheFiller {

  static final int CHUNK = 32;

  private final CacheFile file;
  private final RecordFormat format;
  private final RecordWriter writer;
  private final Dataset images;
  private final Augmentation augmentation;
  private final BatchSampler chunks;
  private final LoaderOptions loading;

  CacheFiller(
      CacheFile file,
      RecordFormat format,
      RecordWriter writer,
      Dataset images,
      Augmentation augmentation,
      LoaderOptions loading) {
    this.file = file;
    this.format = format;
    this.writer = writer;
    this.images = images;
    this.augmentation = augmentation;
    this.loading = loading;
    this.chunks = BatchSampler.inOrder(images.size(), CHUNK);
  }

  /** Computes the missing records of the first {@code crops} crops of all pictures. */
  CachedTargets.Filled fill(int crops, CachedTargets.Progress progress) throws IOException {
    int until = Math.toIntExact(crops * chunks.perEpoch());
    BitSet missing = missing(until);
    long total = (long) crops * images.size();
    long lacking = missing.stream().mapToLong(this::length).sum();
    long made = 0;
    try {
      requireSameTeacher(missing.nextClearBit(0), until);
      if (!missing.isEmpty()) {
        file.requireRoom(total);
      }
      int from = missing.nextSetBit(0);
      while (from >= 0 && !loading.stop().getAsBoolean()) {
        int to = missing.nextClearBit(from);
        try (DataLoader loader = loader(from, to, loading)) {
          while (loader.hasNext() && !loading.stop().getAsBoolean()) {
            Batch batch = loader.next();
            file.write(first(batch.number()), writer.encode(batch, first(batch.number())));
            made += batch.size();
            progress.made(made, lacking);
          }
        }
        from = missing.nextSetBit(to);
      }
    } catch (StoppedException e) {
      // What was computed before remains valid.
    }
    file.remap();
    return new CachedTargets.Filled(total - lacking, made, made == lacking);
  }

  private BitSet missing(int until) {
    BitSet missing = new BitSet(until);
    for (int chunk = 0; chunk < until; chunk++) {
      for (int i = 0; i < length(chunk); i++) {
        if (!file.isWhole(first(chunk) + i)) {
          missing.set(chunk);
          break;
        }
      }
    }
    return missing;
  }

  /**
   * Recomputes one chunk that the file contains and compares it. This detects what the key does not
   * cover: arithmetic of this version and machine, and preprocessing.
   */
  private void requireSameTeacher(int chunk, int until) {
    if (chunk >= until) {
      return;
    }
    try (DataLoader loader = loader(chunk, chunk + 1, loading.withoutReport())) {
      MemorySegment made = writer.encode(loader.next(), first(chunk));
      for (int i = 0; i < length(chunk); i++) {
        MemorySegment kept = file.record(first(chunk) + i);
        if (made.asSlice(i * format.bytes(), format.bytes()).mismatch(kept) >= 0) {
          throw new FormatException(
              "teacher cache %s: the teacher's output for the same images has changed, because the program, the machine or the preprocessing has; delete the file to fill it again"
                  .formatted(file.path()));
        }
      }
    }
  }

  private DataLoader loader(int from, int to, LoaderOptions options) {
    return DataLoader.start(images, augmentation, chunks, from, to, options);
  }

  /** Number of a chunk's first record. */
  private long first(long chunk) {
    long crop = chunk / chunks.perEpoch();
    return crop * images.size() + chunk % chunks.perEpoch() * CHUNK;
  }

  private int length(long chunk) {
    long at = chunk % chunks.perEpoch() * CHUNK;
    return (int) Math.min(CHUNK, images.size() - at);
  }
}

package io.github.maskalign.teacher.cache;

import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.function.BooleanSupplier;

/**
 * Makes the records that a file lacks, chunk by chunk: some pictures that are neighbors in their
 * set, in one crop. A chunk is always made whole, so a record does not depend on what was there
 * before, or on the order in which training shows pictures.
 */
final class CacheFilling {

  static final int CHUNK = 32;

  private final CacheFile file;
  private final RecordFormat format;
  private final RecordMaker maker;
  private final Dataset images;
  private final Augmentation augmentation;
  private final BatchSampler chunks;

  CacheFilling(
      CacheFile file,
      RecordFormat format,
      RecordMaker maker,
      Dataset images,
      Augmentation augmentation) {
    this.file = file;
    this.format = format;
    this.maker = maker;
    this.images = images;
    this.augmentation = augmentation;
    this.chunks = BatchSampler.inOrder(images.size(), CHUNK);
  }

  /** Sees to the first crops of all pictures. */
  CachedTargets.Filled fill(int crops, BooleanSupplier stop, CachedTargets.Progress progress)
      throws IOException {
    int until = Math.toIntExact(crops * chunks.perEpoch());
    BitSet missing = missing(until);
    requireSameTeacher(missing.nextClearBit(0), until);
    long total = (long) crops * images.size();
    long lacking = missing.stream().mapToLong(this::length).sum();
    if (!missing.isEmpty()) {
      file.requireRoom(total);
    }
    long made = 0;
    int from = missing.nextSetBit(0);
    while (from >= 0 && !stop.getAsBoolean()) {
      int to = missing.nextClearBit(from);
      try (DataLoader loader = loader(from, to)) {
        while (loader.hasNext() && !stop.getAsBoolean()) {
          Batch batch = loader.next();
          file.write(first(batch.number()), maker.make(batch, first(batch.number())));
          made += batch.size();
          progress.made(made, lacking);
        }
      }
      from = missing.nextSetBit(to);
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
   * Has one chunk made again that the file holds. What a key does not tell (arithmetic of this
   * version and machine, the way from a picture to a teacher's input) shows in the result.
   */
  private void requireSameTeacher(int chunk, int until) {
    if (chunk >= until) {
      return;
    }
    try (DataLoader loader = loader(chunk, chunk + 1)) {
      MemorySegment made = maker.make(loader.next(), first(chunk));
      for (int i = 0; i < length(chunk); i++) {
        MemorySegment kept = file.record(first(chunk) + i);
        if (made.asSlice(i * format.bytes(), format.bytes()).mismatch(kept) >= 0) {
          throw new FormatException(
              "teacher cache %s: the teacher now says something else of the same pictures, so the program, the machine or the teacher's input is not what it was; delete the file to make it anew"
                  .formatted(file.path()));
        }
      }
    }
  }

  private DataLoader loader(int from, int to) {
    return DataLoader.start(images, augmentation, chunks, from, to);
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

package io.github.maskalign.data;

import io.github.maskalign.data.DamageCounter.DamagedSample;
import io.github.maskalign.tensor.error.ArraySize;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A batch that several threads fill: each position is filled by one of them, and its content
 * depends on seed, epoch and sample only.
 */
final class PendingBatch {

  /** Marks a sample that is omitted. */
  private static final int NONE = -1;

  /** Number of damaged pictures in a row after which loading fails. */
  private static final int TRIES = 100;

  private final Dataset set;
  private final Augmentation augmentation;
  private final long number;
  private final int epoch;
  private final int[] samples;
  private final PixelBuffers buffers;
  private final float[] pixels;
  private final Substitution substitution;
  private final List<DamagedSample> damages = new ArrayList<>();
  private int failedAt = Integer.MAX_VALUE;
  private @Nullable Throwable failure;

  /** What replaces a damaged picture. */
  enum Substitution {
    NOTHING,
    ANOTHER,
    FAILURE
  }

  PendingBatch(
      Dataset set,
      Augmentation augmentation,
      Substitution substitution,
      long number,
      int epoch,
      int[] samples,
      PixelBuffers buffers) {
    this.set = set;
    this.augmentation = augmentation;
    this.substitution = substitution;
    this.number = number;
    this.epoch = epoch;
    this.samples = samples;
    this.buffers = buffers;
    this.pixels = buffers.take(values(samples.length, augmentation.transform()));
  }

  private static int values(int samples, Transform transform) {
    int channels = transform.channels();
    int height = transform.height();
    int width = transform.width();
    String what =
        "a batch of %s [%d, %d, %d], choose a smaller batch or image size"
            .formatted(Quantity.of(samples, "image"), channels, height, width);
    return ArraySize.of(what, samples, channels, height, width);
  }

  int size() {
    return samples.length;
  }

  private int each() {
    Transform transform = augmentation.transform();
    return transform.channels() * transform.height() * transform.width();
  }

  /** Fills some positions. An error is stored for the consumer of the batch. */
  void fill(int from, int to, BooleanSupplier stop) {
    Philox epochDraws = augmentation.draws(epoch);
    for (int i = from; i < to && !stop.getAsBoolean(); i++) {
      try {
        fill(i, epochDraws);
      } catch (RuntimeException | Error e) {
        failed(i, e);
        return;
      }
    }
  }

  private void fill(int position, Philox epochDraws) {
    int requested = samples[position];
    for (int attempt = 0; attempt < TRIES; attempt++) {
      int sample = attempt == 0 ? requested : substitute(requested, attempt);
      try {
        var picture = set.picture(sample);
        samples[position] = sample;
        augmentation.transform().apply(picture, epochDraws.at(sample), pixels, position * each());
        return;
      } catch (OutOfMemoryError e) {
        throw OutOfMemoryException.ofJava(set.name(sample) + ": the view of it", e);
      } catch (DamagedPictureException e) {
        damaged(new DamagedSample(position, sample, e.named(set.name(sample))));
        if (substitution == Substitution.NOTHING) {
          samples[position] = NONE;
          return;
        }
      }
    }
    throw new FormatException(
        "%d images in a row are damaged, from %s on; 'maskalign data check' lists them"
            .formatted(TRIES, set.name(requested)));
  }

  private int substitute(int sample, int attempt) {
    return Philox.of(augmentation.seed()).stream("substitute")
        .at(epoch, sample)
        .below(attempt, set.size());
  }

  private synchronized void damaged(DamagedSample sample) {
    if (substitution == Substitution.FAILURE) {
      throw new FormatException(sample.reason().getMessage(), sample.reason());
    }
    damages.add(sample);
  }

  private synchronized void failed(int position, Throwable cause) {
    if (position < failedAt) {
      failedAt = position;
      failure = cause;
    }
  }

  /** The error of the first position that failed. */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** The damaged pictures, by position. */
  synchronized List<DamagedSample> damages() {
    return damages.stream().sorted(Comparator.comparingInt(DamagedSample::position)).toList();
  }

  /** Whether all samples are omitted. */
  boolean isEmpty() {
    return Arrays.stream(samples).allMatch(sample -> sample == NONE);
  }

  /** The batch, without omitted samples. */
  Batch batch() {
    int kept = compact();
    int[] chosen = Arrays.copyOf(samples, kept);
    Transform transform = augmentation.transform();
    return new Batch(
        number,
        epoch,
        kept == samples.length ? pixels : Arrays.copyOf(pixels, kept * each()),
        chosen,
        set.hasLabels() ? Arrays.stream(chosen).map(set::label).toArray() : null,
        transform.channels(),
        transform.height(),
        transform.width());
  }

  /** Releases the pixels, also those of the batch. */
  void recycle() {
    buffers.give(pixels);
  }

  /** Moves the remaining samples to the front. */
  private int compact() {
    int kept = 0;
    for (int i = 0; i < samples.length; i++) {
      if (samples[i] != NONE) {
        if (kept < i) {
          samples[kept] = samples[i];
          System.arraycopy(pixels, i * each(), pixels, kept * each(), each());
        }
        kept++;
      }
    }
    return kept;
  }
}

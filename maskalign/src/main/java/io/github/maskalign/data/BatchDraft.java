package io.github.maskalign.data;

import io.github.maskalign.data.DamageLog.Met;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A batch in the making, position by position, by several threads: each position is made by one of
 * them, and what it holds depends on seed, epoch and sample alone.
 */
final class BatchDraft {

  /** Stands for a sample that is left out. */
  private static final int NONE = -1;

  /** More damaged ones in a row mean that there is hardly a whole one. */
  private static final int TRIES = 100;

  private final Dataset set;
  private final Augmentation augmentation;
  private final long number;
  private final int epoch;
  private final int[] samples;
  private final PixelBuffers buffers;
  private final float[] pixels;
  private final Substitution substitution;
  private final List<Met> damages = new ArrayList<>();
  private int failedAt = Integer.MAX_VALUE;
  private @Nullable Throwable failure;

  /** What comes in the place of a damaged picture. */
  enum Substitution {
    NOTHING,
    ANOTHER,
    FAILURE
  }

  BatchDraft(
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
    this.pixels = buffers.take(Math.multiplyExact(samples.length, each()));
  }

  int size() {
    return samples.length;
  }

  private int each() {
    Transform transform = augmentation.transform();
    return transform.channels() * transform.height() * transform.width();
  }

  /** Makes some positions. An error is kept for whoever takes the batch. */
  void make(int from, int to, BooleanSupplier stop) {
    Philox epochDraws = augmentation.draws(epoch);
    for (int i = from; i < to && !stop.getAsBoolean(); i++) {
      try {
        make(i, epochDraws);
      } catch (RuntimeException | Error e) {
        failed(i, e);
        return;
      }
    }
  }

  private void make(int position, Philox epochDraws) {
    int wanted = samples[position];
    for (int attempt = 0; attempt < TRIES; attempt++) {
      int sample = attempt == 0 ? wanted : substitute(wanted, attempt);
      try {
        var picture = set.picture(sample);
        samples[position] = sample;
        augmentation.transform().apply(picture, epochDraws.at(sample), pixels, position * each());
        return;
      } catch (DamagedPictureException e) {
        damaged(new Met(position, sample, e));
        if (substitution == Substitution.NOTHING) {
          samples[position] = NONE;
          return;
        }
      }
    }
    throw new FormatException(
        "%d pictures in a row are damaged, from %s on; 'maskalign data check' lists them"
            .formatted(TRIES, set.name(wanted)));
  }

  private int substitute(int sample, int attempt) {
    return Philox.of(augmentation.seed()).stream("substitute")
        .at(epoch, sample)
        .below(attempt, set.size());
  }

  private synchronized void damaged(Met met) {
    if (substitution == Substitution.FAILURE) {
      throw new FormatException(met.reason().getMessage(), met.reason());
    }
    damages.add(met);
  }

  private synchronized void failed(int position, Throwable cause) {
    if (position < failedAt) {
      failedAt = position;
      failure = cause;
    }
  }

  /** The error of the first position that has one. */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** The damaged pictures met, position by position. */
  synchronized List<Met> damages() {
    return damages.stream().sorted(Comparator.comparingInt(Met::position)).toList();
  }

  /** Whether nothing is left in it. */
  boolean isEmpty() {
    return Arrays.stream(samples).allMatch(sample -> sample == NONE);
  }

  /** The batch, without what is left out. */
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

  /** Gives up the pixels, those of the batch too. */
  void recycle() {
    buffers.give(pixels);
  }

  /** Moves what is kept to the front. */
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

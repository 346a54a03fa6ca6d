package io.github.maskalign.data;

import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A data set of any kind: pictures by number, with a class each or without. Immutable and safe for
 * several threads; what a number gives is the same every time.
 *
 * @since 0.1.0
 */
public interface Dataset {

  /** Number of samples, N. */
  int size();

  /**
   * The picture of a sample, decoded if need be.
   *
   * @throws DamagedPictureException if it cannot be read or decoded, naming it
   */
  Picture picture(int sample);

  /**
   * The encoded file of a sample, as it is; null where pictures are not kept in files of their own.
   *
   * @throws DamagedPictureException if it cannot be read
   */
  default byte @Nullable [] file(int sample) {
    return null;
  }

  /** Whether {@link #label} can be asked. */
  boolean hasLabels();

  /**
   * The class of a sample, from 0 to below the number of names.
   *
   * @throws IllegalStateException if the set has no labels
   */
  int label(int sample);

  /** The classes by label; empty without labels. */
  List<String> classNames();

  /** What to call a sample in messages: its file where it has one. */
  String name(int sample);

  /** A digest of all that decides the pictures and their order; labels do not count. */
  String sha256();

  /**
   * The classes of all samples {@code [N]}.
   *
   * @throws IllegalStateException if the set has no labels
   */
  default int[] labels() {
    int[] all = new int[size()];
    Arrays.setAll(all, this::label);
    return all;
  }

  /** The samples {@code from <= i < to}, as a view. */
  default Dataset subset(int from, int to) {
    Objects.checkFromToIndex(from, to, size());
    int[] samples = new int[to - from];
    Arrays.setAll(samples, i -> from + i);
    return select(samples);
  }

  /** The given samples in the given order, as a view; a sample may come more than once. */
  default Dataset select(int... samples) {
    return new DatasetView(this, samples);
  }
}

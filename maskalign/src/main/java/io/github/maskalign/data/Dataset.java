package io.github.maskalign.data;

import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A data set: pictures by number, with or without labels. Implementations are immutable and safe
 * for several threads, and return the same picture for a number every time. An unlabeled set
 * implements {@link #size}, {@link #picture} and {@link #sha256}.
 *
 * @since 0.1.0
 */
public interface Dataset {

  /** Number of samples, N. */
  int size();

  /**
   * Returns the picture of a sample, decoding it if necessary.
   *
   * @throws DamagedPictureException if it cannot be read or decoded, naming it
   */
  Picture picture(int sample);

  /**
   * The encoded file of a sample; null if samples are not stored in separate files.
   *
   * @throws DamagedPictureException if it cannot be read
   */
  default byte @Nullable [] file(int sample) {
    return null;
  }

  /** Whether the samples have labels; a set that has some implements {@link #label} too. */
  default boolean hasLabels() {
    return false;
  }

  /**
   * The class of a sample, from 0 to below the number of names.
   *
   * @throws StateException if the set has no labels
   */
  default int label(int sample) {
    throw new StateException("label: this data set has no labels");
  }

  /** The names of the classes by label; empty without labels. */
  default List<String> classNames() {
    return List.of();
  }

  /** The name of a sample in messages: its file where it has one. */
  default String name(int sample) {
    return "picture " + sample;
  }

  /** What was noticed when the set was opened, such as ignored files. */
  default DatasetNotes notes() {
    return DatasetNotes.none();
  }

  /**
   * A digest of everything that determines the pictures and their order, but not of the labels. It
   * identifies the set in a teacher cache.
   */
  String sha256();

  /**
   * A digest of what determines the pictures and their order that a copy of the set elsewhere has
   * too: names and sizes of files, or content, but no times. It is computed again in each call,
   * without reading the content of files.
   */
  default String fingerprint() {
    return sha256();
  }

  /**
   * A number for the state of each sample's file, {@code [N]}, computed again in each call: where
   * it differs, that file changed the {@link #fingerprint}. Empty if the samples have no files.
   */
  default long[] fileStates() {
    return new long[0];
  }

  /**
   * The classes of all samples {@code [N]}.
   *
   * @throws StateException if the set has no labels
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

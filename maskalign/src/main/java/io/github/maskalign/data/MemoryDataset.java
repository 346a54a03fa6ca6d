package io.github.maskalign.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.tensor.io.Sha256;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Picture;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Images {@code [N, C, H, W]} of 8-bit pixels in memory, with class labels or without. Immutable;
 * selections share the pixels.
 *
 * @since 0.1.0
 */
public final class MemoryDataset implements Dataset {

  private final byte[] pixels;
  private final int channels;
  private final int height;
  private final int width;

  /** The picture in {@code pixels} of each sample. */
  private final int[] pictures;

  /** By picture, not by sample. */
  private final int @Nullable [] labels;

  private final List<String> classNames;

  /** Origin of the pictures, for messages; may be empty. */
  private final String origin;

  private final DatasetNotes notes;

  private MemoryDataset(MemoryDataset whole, int[] pictures, String origin, DatasetNotes notes) {
    this.pixels = whole.pixels;
    this.channels = whole.channels;
    this.height = whole.height;
    this.width = whole.width;
    this.labels = whole.labels;
    this.classNames = whole.classNames;
    this.pictures = pictures;
    this.origin = origin;
    this.notes = notes;
  }

  private MemoryDataset(
      byte[] pixels,
      int channels,
      int height,
      int width,
      int @Nullable [] labels,
      List<String> classNames) {
    if (channels < 1 || height < 1 || width < 1) {
      throw new ShapeException(
          "images of %d channels and %d x %d pixels".formatted(channels, height, width));
    }
    long each = (long) channels * height * width;
    if (pixels.length % each != 0) {
      throw new ShapeException(
          "%d bytes are not a whole number of images of %d x %d x %d"
              .formatted(pixels.length, channels, height, width));
    }
    this.pixels = pixels;
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.labels = labels;
    this.classNames = List.copyOf(classNames);
    this.pictures = range(0, (int) (pixels.length / each));
    this.origin = "";
    this.notes = DatasetNotes.none();
    requireLabels();
  }

  private void requireLabels() {
    if (labels == null) {
      return;
    }
    if (labels.length != pictures.length) {
      throw new ShapeException(
          Quantity.of(labels.length, "label") + " for " + Quantity.of(pictures.length, "image"));
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classNames.size()) {
        throw new ArgumentException(
            "image %d has label %d, outside of %s"
                .formatted(i, labels[i], Quantity.of(classNames.size(), "class")));
      }
    }
  }

  /**
   * Images without labels.
   *
   * @param pixels {@code [N, C, H, W]}, not copied, and must not be modified afterwards
   * @throws ShapeException if the bytes are not a whole number of pictures
   */
  public static MemoryDataset of(byte[] pixels, int channels, int height, int width) {
    return new MemoryDataset(pixels, channels, height, width, null, List.of());
  }

  /**
   * Images with labels.
   *
   * @param pixels {@code [N, C, H, W]}, not copied, and must not be modified afterwards
   * @param labels {@code [N]}, each from 0 to below the number of names; not copied either
   * @throws ShapeException if the sizes do not agree
   */
  public static MemoryDataset labeled(
      byte[] pixels, int channels, int height, int width, int[] labels, List<String> classNames) {
    return new MemoryDataset(
        pixels, channels, height, width, Objects.requireNonNull(labels, "labels"), classNames);
  }

  /** The same pictures with a description of their origin. */
  public MemoryDataset withOrigin(String where) {
    return new MemoryDataset(this, pictures, where, notes);
  }

  /** The same pictures with notes on their files. */
  public MemoryDataset withNotes(DatasetNotes noticed) {
    return new MemoryDataset(this, pictures, origin, noticed);
  }

  @Override
  public DatasetNotes notes() {
    return notes;
  }

  @Override
  public int size() {
    return pictures.length;
  }

  /** Color channels, C. */
  public int channels() {
    return channels;
  }

  /** Rows of a picture, H. */
  public int height() {
    return height;
  }

  /** Columns of a picture, W. */
  public int width() {
    return width;
  }

  @Override
  public Picture picture(int sample) {
    return new Picture(pixels, offset(sample), channels, height, width);
  }

  @Override
  public boolean hasLabels() {
    return labels != null;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public int label(int sample) {
    if (labels == null) {
      throw new StateException("label: this data set has no labels");
    }
    return labels[pictures[sample]];
  }

  @Override
  public String name(int sample) {
    return (origin.isEmpty() ? "" : origin + ", ") + "picture " + pictures[sample];
  }

  @Override
  public MemoryDataset subset(int from, int to) {
    Objects.checkFromToIndex(from, to, size());
    return new MemoryDataset(this, Arrays.copyOfRange(pictures, from, to), origin, notes);
  }

  @Override
  public MemoryDataset select(int... samples) {
    int[] chosen = new int[samples.length];
    Arrays.setAll(chosen, i -> pictures[samples[i]]);
    return new MemoryDataset(this, chosen, origin, notes);
  }

  /**
   * Mean and standard deviation of each channel over all pixels of all samples.
   *
   * @throws StateException if the set is empty, or a channel has the same value everywhere
   */
  public ChannelStats stats() {
    double[] mean = new double[channels];
    double[] std = new double[channels];
    int plane = height * width;
    for (int c = 0; c < channels; c++) {
      long sum = 0;
      long squares = 0;
      for (int sample = 0; sample < size(); sample++) {
        int from = offset(sample) + c * plane;
        for (int i = from; i < from + plane; i++) {
          int v = pixels[i] & 0xff;
          sum += v;
          squares += v * v;
        }
      }
      double count = (double) size() * plane;
      double average = sum / count;
      double variance = squares / count - average * average;
      if (!(variance > 0)) {
        throw new StateException(
            "channel %d of %s does not vary: nothing to normalize by"
                .formatted(c, Quantity.of(size(), "image")));
      }
      mean[c] = average / 255;
      std[c] = Math.sqrt(variance) / 255;
    }
    return new ChannelStats(mean, std);
  }

  /** A digest of the size and pixels of all samples in their order. */
  @Override
  public String sha256() {
    int each = channels * height * width;
    Sha256 digest = new Sha256();
    digest.add("%d %d %d %d".formatted(size(), channels, height, width).getBytes(UTF_8));
    for (int sample = 0; sample < size(); sample++) {
      digest.add(ByteBuffer.wrap(pixels, offset(sample), each));
    }
    return digest.hex();
  }

  private int offset(int sample) {
    return pictures[sample] * (channels * height * width);
  }

  private static int[] range(int from, int to) {
    int[] numbers = new int[to - from];
    Arrays.setAll(numbers, i -> from + i);
    return numbers;
  }

  @Override
  public String toString() {
    return "%s of %d x %d x %d%s%s"
        .formatted(
            Quantity.of(size(), "image"),
            channels,
            height,
            width,
            labels == null ? "" : ", " + Quantity.of(classNames.size(), "class"),
            origin.isEmpty() ? "" : ": " + origin);
  }
}

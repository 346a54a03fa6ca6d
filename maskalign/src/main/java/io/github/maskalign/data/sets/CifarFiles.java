package io.github.maskalign.data.sets;

import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.tensor.io.RegularFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky, 2009): records of one label, or of a
 * coarse and a fine one, of which the fine one counts, and the planes of 32 x 32 pixels.
 */
enum CifarFiles {
  /** 10 classes. */
  CIFAR_10("CIFAR-10", 1, 10, "batches.meta.txt"),
  /** 100 classes. */
  CIFAR_100("CIFAR-100", 2, 100, "fine_label_names.txt");

  private static final int CHANNELS = 3;
  private static final int SIDE = 32;
  private static final int PICTURE = CHANNELS * SIDE * SIDE;
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private final String title;
  private final int labelBytes;
  private final int classes;
  private final String names;

  CifarFiles(String title, int labelBytes, int classes, String names) {
    this.title = title;
    this.labelBytes = labelBytes;
    this.classes = classes;
    this.names = names;
  }

  /** The format that a file's size matches; null if none. */
  static @Nullable CifarFiles fitting(long bytes) {
    for (CifarFiles kind : values()) {
      if (bytes > 0 && bytes % kind.record() == 0) {
        return kind;
      }
    }
    return null;
  }

  private int record() {
    return labelBytes + PICTURE;
  }

  /**
   * Reads and concatenates files.
   *
   * @throws FormatException if one is damaged
   * @throws OutOfMemoryException if Java's heap cannot have the pixels
   */
  MemoryDataset read(List<Path> files) {
    try {
      long count = 0;
      for (Path file : files) {
        count += count(file);
      }
      String from = title + " in " + FileNames.text(files.getFirst().toAbsolutePath().getParent());
      if (count * PICTURE > MAX_ARRAY) {
        throw new FormatException(
            "%s: %,d images take more than 2 GiB; store them as image files"
                .formatted(from, count));
      }
      JavaMemory.require(count * PICTURE, from);
      byte[] pixels = new byte[(int) count * PICTURE];
      int[] labels = new int[(int) count];
      int done = 0;
      for (Path file : files) {
        done = read(file, pixels, labels, done);
      }
      return MemoryDataset.labeled(pixels, CHANNELS, SIDE, SIDE, labels, names(files.getFirst()))
          .withOrigin(from);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Number of records in a file, by its size. */
  private long count(Path file) throws IOException {
    long bytes = Files.size(file);
    if (bytes == 0 || bytes % record() != 0) {
      throw new FormatException(
          "%s: %,d bytes are not a whole number of %s's records of %,d; copy it again"
              .formatted(FileNames.text(file), bytes, title, record()));
    }
    return bytes / record();
  }

  /** Reads the records of a file, the first of them as picture {@code from}; returns the next. */
  private int read(Path file, byte[] pixels, int[] labels, int from) throws IOException {
    int until = from + (int) count(file);
    byte[] label = new byte[labelBytes];
    try (InputStream in = new BufferedInputStream(RegularFiles.newInputStream(file))) {
      for (int i = from; i < until; i++) {
        if (in.readNBytes(label, 0, labelBytes) < labelBytes
            || in.readNBytes(pixels, i * PICTURE, PICTURE) < PICTURE) {
          throw new FormatException(FileNames.text(file) + ": became shorter while it was read");
        }
        labels[i] = label(label[labelBytes - 1], file);
      }
    }
    return until;
  }

  private int label(byte label, Path file) {
    if ((label & 0xff) >= classes) {
      throw new FormatException(
          "%s: label %d in a set of %d classes; this is not a file of %s"
              .formatted(FileNames.text(file), label & 0xff, classes, title));
    }
    return label & 0xff;
  }

  private List<String> names(Path file) throws IOException {
    Path list = file.resolveSibling(names);
    if (Files.exists(list)) {
      List<String> given = new ArrayList<>();
      try (InputStream in = RegularFiles.newInputStream(list)) {
        TextLines lines = new TextLines(in, FileNames.text(list));
        for (String line = lines.next(); line != null; line = lines.next()) {
          if (!line.isEmpty()) {
            given.add(line);
          }
        }
      }
      if (given.size() != classes || given.stream().distinct().count() != classes) {
        throw new FormatException(
            "%s: %,d names of classes; must be %d different ones"
                .formatted(FileNames.text(list), given.size(), classes));
      }
      return given;
    }
    return IntStream.range(0, classes).mapToObj(String::valueOf).toList();
  }
}

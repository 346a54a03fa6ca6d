package io.github.maskalign.data.sets;

import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
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

  /** The kind that a file's size fits; null if it fits none. */
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
   * Reads files, one behind the other.
   *
   * @throws FormatException if one is damaged
   */
  MemoryDataset read(List<Path> files) {
    try {
      List<byte[]> parts = new ArrayList<>();
      for (Path file : files) {
        parts.add(content(file));
      }
      int count = parts.stream().mapToInt(part -> part.length / record()).sum();
      byte[] pixels = new byte[Math.multiplyExact(count, PICTURE)];
      int[] labels = new int[count];
      int done = 0;
      for (int p = 0; p < parts.size(); p++) {
        for (int at = 0; at < parts.get(p).length; at += record()) {
          labels[done] = label(parts.get(p)[at + labelBytes - 1], files.get(p));
          System.arraycopy(parts.get(p), at + labelBytes, pixels, done * PICTURE, PICTURE);
          done++;
        }
      }
      String from = title + " in " + files.getFirst().toAbsolutePath().getParent();
      return MemoryDataset.labeled(pixels, CHANNELS, SIDE, SIDE, labels, names(files.getFirst()))
          .withOrigin(from);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] content(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    if (content.length == 0 || content.length % record() != 0) {
      throw new FormatException(
          "%s: %,d bytes are no whole number of %s's records of %,d; copy it again"
              .formatted(file, content.length, title, record()));
    }
    return content;
  }

  private int label(byte label, Path file) {
    if ((label & 0xff) >= classes) {
      throw new FormatException(
          "%s: label %d in a set of %d classes; this is no file of %s"
              .formatted(file, label & 0xff, classes, title));
    }
    return label & 0xff;
  }

  private List<String> names(Path file) throws IOException {
    Path list = file.resolveSibling(names);
    if (Files.exists(list)) {
      List<String> given = Files.readAllLines(list).stream().filter(l -> !l.isBlank()).toList();
      if (given.size() == classes) {
        return given;
      }
    }
    return IntStream.range(0, classes).mapToObj(String::valueOf).toList();
  }
}

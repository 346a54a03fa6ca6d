package io.github.maskalign.data.sets;

import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Gray pictures in IDX files, as MNIST has them: {@code NAME-images-idx3-ubyte}, and labels, if
 * there are any, in {@code NAME-labels-idx1-ubyte} beside it, each plain or gzip.
 */
final class IdxFiles {

  static final String PICTURES = "images-idx3";
  private static final String LABELS = "labels-idx1";
  private static final int AXES = 3;

  private IdxFiles() {}

  /** Whether a file is named as one of pictures. */
  static boolean isPictures(Path file) {
    return file.getFileName().toString().contains(PICTURES);
  }

  /**
   * Reads pictures {@code [N, H, W]}, and their labels.
   *
   * @throws FormatException if a file is damaged, or they do not belong together
   */
  static MemoryDataset open(Path file) {
    IdxFile pictures = IdxFile.read(file);
    Shape shape = pictures.shape();
    if (shape.rank() != AXES) {
      throw new FormatException(
          "%s: shape %s; pictures are [N, H, W]".formatted(file, pictures.shape()));
    }
    Path beside = file.resolveSibling(file.getFileName().toString().replace(PICTURES, LABELS));
    MemoryDataset set =
        isPictures(file) && Files.exists(beside)
            ? labeled(pictures, beside)
            : MemoryDataset.of(pictures.values(), 1, shape.dim(1), shape.dim(2));
    return set.withOrigin("IDX file " + file);
  }

  private static MemoryDataset labeled(IdxFile pictures, Path file) {
    IdxFile labels = IdxFile.read(file);
    Shape shape = pictures.shape();
    if (labels.shape().rank() != 1 || labels.shape().dim(0) != shape.dim(0)) {
      throw new FormatException(
          "%s: labels of shape %s for pictures of shape %s".formatted(file, labels.shape(), shape));
    }
    int[] numbers = new int[labels.values().length];
    Arrays.setAll(numbers, i -> labels.values()[i] & 0xff);
    return MemoryDataset.labeled(
        pictures.values(),
        1,
        shape.dim(1),
        shape.dim(2),
        numbers,
        ClassLabels.numbered(numbers).names());
  }
}

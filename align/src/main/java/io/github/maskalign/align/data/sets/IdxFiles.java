package io.github.maskalign.align.data.sets;

import io.github.maskalign.align.data.IdxFile;
import io.github.maskalign.align.data.ImageSet;
import io.github.maskalign.tensor.FormatException;
import io.github.maskalign.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Grey pictures in IDX files, as MNIST has them: {@code NAME-images-idx3-ubyte}, and labels, if
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
  static ImageSet open(Path file) {
    IdxFile pictures = IdxFile.read(file);
    Shape shape = pictures.shape();
    if (shape.rank() != AXES) {
      throw new FormatException(
          "%s: shape %s; pictures are [N, H, W]".formatted(file, pictures.shape()));
    }
    Path beside = file.resolveSibling(file.getFileName().toString().replace(PICTURES, LABELS));
    ImageSet set =
        isPictures(file) && Files.exists(beside)
            ? labelled(pictures, beside)
            : ImageSet.of(pictures.values(), 1, shape.dim(1), shape.dim(2));
    return set.withOrigin("IDX file " + file);
  }

  private static ImageSet labelled(IdxFile pictures, Path file) {
    IdxFile labels = IdxFile.read(file);
    Shape shape = pictures.shape();
    if (labels.shape().rank() != 1 || labels.shape().dim(0) != shape.dim(0)) {
      throw new FormatException(
          "%s: labels of shape %s for pictures of shape %s".formatted(file, labels.shape(), shape));
    }
    int[] numbers = new int[labels.values().length];
    Arrays.setAll(numbers, i -> labels.values()[i] & 0xff);
    return ImageSet.labelled(
        pictures.values(),
        1,
        shape.dim(1),
        shape.dim(2),
        numbers,
        Labels.numbered(numbers).names());
  }
}
